package collect

// sensorPrivacy asks whether the owner has switched the microphone or the camera
// off for all apps: services/core SensorPrivacyService.dump, from Android 12.
var sensorPrivacy = Collector{
	Name:  "dumpsys-sensor-privacy",
	When:  Baseline,
	Needs: []Need{{"service", "sensor_privacy"}},
	Forms: []Form{{From: 31, Argv: []string{"dumpsys", "sensor_privacy"}}},
	Whole: endsWithNewline,
}
