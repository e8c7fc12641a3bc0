package command

import (
	"context"
	"fmt"

	"assay/harness/virtual/phone"
)

// deviceConfig is the command device_config (DeviceConfigService), from Android
// 10: list and get of the flags that the maker of the system can change from afar.
func deviceConfig(_ context.Context, p *phone.Call) int {
	if p.Handset.SDK() < 29 {
		return p.Missing()
	}
	return deviceConfigShell(p, p.Argv[1:])
}

// configFlag is a flag, and the first release that has it.
type configFlag struct {
	namespace, key, value string
	sdk                   int
}

// configFlags are those that any handset of a release answers with; sorted.
var configFlags = []configFlag{
	{"privacy", "camera_mic_icons_enabled", "true", 31},
	{"privacy", "location_indicators_enabled", "false", 31},
}

func deviceConfigShell(p *phone.Call, args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(p.Stderr, "Invalid command: no command given")
		return 255
	}
	namespace := ""
	if len(args) > 1 {
		namespace = args[1]
	}
	switch {
	case args[0] == "list":
		for _, f := range configFlags {
			switch {
			case f.sdk > p.Handset.SDK():
			case namespace == "":
				fmt.Fprintf(p.Stdout, "%s/%s=%s\n", f.namespace, f.key, f.value)
			case f.namespace == namespace:
				fmt.Fprintf(p.Stdout, "%s=%s\n", f.key, f.value)
			}
		}
		return 0
	case args[0] == "get" && len(args) > 2:
		value := "null"
		for _, f := range configFlags {
			if f.namespace == namespace && f.key == args[2] && f.sdk <= p.Handset.SDK() {
				value = f.value
			}
		}
		fmt.Fprintln(p.Stdout, value)
		return 0
	}
	fmt.Fprintf(p.Stderr, "Invalid command: %s\n", args[0])
	return 255
}
