"""The clone's link to the plugin; an installed copy is found by its entry point."""

pytest_plugins = ["framegate.plugin"]
