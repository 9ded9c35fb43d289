"""Leads the eye to what a lesson's step speaks of, and sees that what it asks for was done."""
