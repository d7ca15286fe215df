"""A mail catcher: takes every message by SMTP, sends none on, and shows them on a page."""
