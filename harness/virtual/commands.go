package virtual

import (
	"fmt"
	"time"
)

// androidCommands are the commands that read or change the handset's state;
// the toolbox holds those that any Unix has.
var androidCommands = map[string]command{
	"am":            am,
	"appops":        appops,
	"bugreport":     bugreportCommand,
	"bugreportz":    bugreportz,
	"cmd":           cmd,
	"content":       content,
	"device_config": deviceConfig,
	"dumpsys":       dumpsys,
	"getprop":       getprop,
	"ime":           ime,
	"input":         input,
	"ip":            ipCommand,
	"locksettings":  locksettings,
	"log":           logCommand,
	"logcat":        logcat,
	"monkey":        monkey,
	"mount":         mountCommand,
	"pgrep":         pgrep,
	"pidof":         pidof,
	"pm":            pm,
	"ps":            ps,
	"screencap":     screencap,
	"screenrecord":  screenrecord,
	"service":       serviceCommand,
	"setprop":       setprop,
	"settings":      settings,
	"svc":           svc,
	"uiautomator":   uiautomator,
	"uptime":        uptime,
	"wm":            wm,
}

// formatDuration prints a span as TimeUtils.formatDuration does: +1h2m3s4ms, 0.
func formatDuration(d time.Duration) string {
	ms := d.Milliseconds()
	if ms == 0 {
		return "0"
	}
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	s := ms / 1000
	days, hours, minutes, seconds := s/86400, s/3600%24, s/60%60, s%60
	out := sign
	if days > 0 {
		out += fmt.Sprintf("%dd", days)
	}
	if days > 0 || hours > 0 {
		out += fmt.Sprintf("%dh", hours)
	}
	if days > 0 || hours > 0 || minutes > 0 {
		out += fmt.Sprintf("%dm", minutes)
	}
	if days > 0 || hours > 0 || minutes > 0 || seconds > 0 {
		out += fmt.Sprintf("%ds", seconds)
	}
	return out + fmt.Sprintf("%dms", ms%1000)
}

// complaint is an error in Android's own words.
type complaint string

func (c complaint) Error() string { return string(c) }
