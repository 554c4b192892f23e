"""Figures for whoever coordinates and pays: indicators said once, periods, reports. It reads every part."""
