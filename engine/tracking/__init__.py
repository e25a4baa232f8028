"""Runs that leave the lab as figures: tables of all of them, and what a tracker is told. Never by itself."""
