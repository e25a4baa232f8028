"""Where images come from: folders and zip files that are read in place, without trusting a name in them."""
