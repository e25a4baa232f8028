"""Recipes fitted to photos: real crops, features of images, the distance of two sets, and the search that lowers it."""
