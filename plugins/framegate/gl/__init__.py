"""What OpenGL contexts and renderers share: functions, objects, shaders, the screen."""
