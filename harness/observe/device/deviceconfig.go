package device

import (
	"bytes"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DeviceConfig reads the flags that the maker of the system can change from afar.
var DeviceConfig = printout.Parser{
	Source: "device-config",
	Parse:  parseDeviceConfig,
	Needs: "device_config list NAMESPACE below @@ namespace NAMESPACE: packages/SettingsProvider " +
		"com/android/providers/settings/DeviceConfigService.java, Android 10 to 16; from source only",
}

// parseDeviceConfig reads key=value below the name of its namespace.
func parseDeviceConfig(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	var names printout.Names
	at := fact.DeviceConfig{Namespace: in.Subject}
	for l.Next() {
		t := l.Text()
		if name, ok := bytes.CutPrefix(t, []byte("@@ namespace ")); ok && printout.IsName(name) {
			at.Namespace = string(name)
			l.Read()
			continue
		}
		key, val, ok := bytes.Cut(t, []byte("="))
		if at.Namespace == "" || !ok || !settingKey(key) || len(val) > mostValue {
			l.Settle()
			continue
		}
		c := at
		c.Key, c.Value = names.Of(key), string(val)
		l.Read()
		emit(c, l.Span())
	}
	return nil
}
