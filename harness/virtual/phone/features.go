package phone

// SystemFeatures that a phone has, in part.
var SystemFeatures = []string{
	"android.hardware.bluetooth", "android.hardware.camera", "android.hardware.camera.any", "android.hardware.location",
	"android.hardware.location.gps", "android.hardware.microphone",
	"android.hardware.telephony", "android.hardware.touchscreen", "android.hardware.wifi",
}
