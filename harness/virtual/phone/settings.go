package phone

import "assay/harness/virtual/persona"

// firstSettings are the persona's settings, and those that follow from the rest.
func (h *Handset) firstSettings() map[string]map[string]string {
	all := map[string]map[string]string{
		"system": {"accelerometer_rotation": "1", "screen_brightness": "102", "screen_off_timeout": "30000", "time_12_24": "24"},
		"secure": {"android_id": h.persona.Identity.AndroidID, "location_mode": "3", "lockscreen.disabled": "1", "user_setup_complete": "1"},
		"global": {
			"adb_enabled": "1", "airplane_mode_on": "0", "auto_time": "1", "auto_time_zone": "1",
			"development_settings_enabled": "1", "device_provisioned": "1", "package_verifier_enable": "1", "wifi_on": "1",
		},
	}
	for _, ns := range persona.Namespaces {
		for k, v := range h.persona.Settings[ns] {
			all[ns][k] = v
		}
	}
	return all
}
