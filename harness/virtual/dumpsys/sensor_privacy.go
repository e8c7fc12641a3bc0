package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/phone"
)

// dumpSensorPrivacy prints dumpsys sensor_privacy (SensorPrivacyService.dump), from
// Android 12, of an owner who has never switched microphone or camera off.
func dumpSensorPrivacy(h *phone.Handset, w io.Writer, _ []string) {
	fmt.Fprint(w, "SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)\n{\n")
	if h.SDK() >= 33 {
		fmt.Fprint(w, "  storage_implementation=com.android.server.sensorprivacy.SensorPrivacyStateControllerImpl\n}\n")
		return
	}
	users := h.UserIDs()
	before, after, in := "  users=", "", "  "
	if len(users) > 1 {
		before, after, in = "  users=[\n    ", "  ]\n", "    "
	}
	fmt.Fprint(w, before)
	for i, u := range users {
		if i > 0 {
			fmt.Fprint(w, in)
		}
		fmt.Fprintf(w, "{\n%[1]s  user_id=%[2]d\n%[1]s  is_enabled=false\n%[1]s}\n", in, u)
	}
	fmt.Fprintf(w, "%s}\n", after)
}
