"""Readings of training, by subject; each has a name, an order, and brings what the page needs."""
