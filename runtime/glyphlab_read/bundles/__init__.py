"""Parts shared by bundles of readers and of locators: entries of a manifest, checks of a folder, and the network."""
