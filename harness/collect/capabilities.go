package collect

import (
	"bytes"
	"time"
)

// capabilities asks what this handset's shell offers: services, features, files,
// commands, and options that not every build knows. Each answer stands below a
// line "@@ type name". Nothing in it changes the handset. dumpsys -l looks each
// service up as dumpsys itself does before it dumps one, so that it lists what
// the shell may find. It is asked twice: a service that starts again is missing
// for a moment.
var capabilities = Collector{
	Name:  "capabilities",
	When:  Probe,
	Total: time.Minute,
	Forms: []Form{{Script: `echo "@@ services dumpsys -l"; dumpsys -l; ` +
		`echo "@@ features pm list features"; pm list features; ` +
		`for f in /apex/com.android.conscrypt/cacerts /proc/net/xt_qtaguid/stats /sys/class/net/wlan0/address; do ` +
		`echo "@@ file $f"; ls -d "$f" 2>&1; done; ` +
		`for c in bugreportz cmd device_config settings toolbox toybox uiautomator; do ` +
		`echo "@@ command $c"; command -v "$c" || echo none; done; ` +
		`echo "@@ option logcat -v uid"; logcat -b main -v threadtime -v year -v zone -v uid -v usec -d -t 1 2>&1 > /dev/null; echo "exit $?"; ` +
		`echo "@@ services dumpsys -l"; dumpsys -l; echo "@@ end"`}},
	Whole: func(_, tail []byte) string {
		if !bytes.HasSuffix(bytes.TrimRight(tail, "\r\n"), []byte("@@ end")) {
			return "the end of the probe is missing"
		}
		return ""
	},
}
