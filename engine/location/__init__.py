"""Locators of a workspace: their bundles, their parity check, and the thresholds that make boxes of text maps."""
