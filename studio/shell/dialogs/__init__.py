"""The studio's dialogs: settings, run configurations, a new project, closing while running."""
