"""What can be done in training, by subject. Each function is one verb and one transaction."""
