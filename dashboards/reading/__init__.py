"""Reads what a page is made of through the doors of other rooms, and hands it to the views."""
