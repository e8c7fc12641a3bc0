package command

import (
	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/phone"
)

// Commands lists Android's own commands by name.
func Commands() map[string]phone.Command { return table }

// table has the commands that read or change the handset's state;
// the toolbox holds those that any Unix has.
var table = map[string]phone.Command{
	"am":            am,
	"appops":        appops,
	"bugreport":     bugreportCommand,
	"bugreportz":    bugreportz,
	"cmd":           cmd,
	"content":       content,
	"device_config": deviceConfig,
	"dumpsys":       dumpsys.Command,
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

// complaint is an error in Android's own words.
type complaint string

func (c complaint) Error() string { return string(c) }
