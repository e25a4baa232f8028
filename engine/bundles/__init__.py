"""What the bundles of readers and of locators share: entries of a manifest, the checks of a folder, and the network."""
