package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// getprop prints one property, or all, sorted (toolbox and toybox getprop).
func getprop(_ context.Context, p *phone.Call) int {
	defer p.Handset.RLock()()
	props := p.Handset.State.Properties
	args := p.Argv[1:]
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if args[0] != "-T" && args[0] != "-Z" || p.Handset.SDK() < 26 {
			fmt.Fprintf(p.Stderr, "getprop: Unknown option %s (see \"getprop --help\")\n", strings.TrimLeft(args[0], "-"))
			return 1
		}
		fmt.Fprintln(p.Stderr, "getprop: only values are to be had here")
		return 1
	}
	if len(args) > 0 {
		value := props[args[0]]
		if value == "" && len(args) > 1 {
			value = args[1]
		}
		fmt.Fprintln(p.Stdout, value)
		return 0
	}
	for _, key := range slices.Sorted(maps.Keys(props)) {
		if !secretProperty(key, p.Handset.SDK()) {
			fmt.Fprintf(p.Stdout, "[%s]: [%s]\n", key, props[key])
		}
	}
	return 0
}

// secretProperty says whether SELinux keeps a property from the shell's list.
func secretProperty(key string, sdk int) bool {
	return sdk >= 29 && strings.HasPrefix(key, "ro.boot.imei")
}

// setprop sets a property that the shell may set.
func setprop(_ context.Context, p *phone.Call) int {
	if len(p.Argv) != 3 {
		fmt.Fprintln(p.Stderr, "usage: setprop NAME VALUE")
		return 1
	}
	key, value := p.Argv[1], p.Argv[2]
	allowed := slices.ContainsFunc([]string{"debug.", "log.", "persist.log.", "service.adb.", "sys.usb.", "shell."},
		func(prefix string) bool { return strings.HasPrefix(key, prefix) })
	if !allowed {
		if p.Handset.SDK() < 26 { // toolbox says nothing
			return 1
		}
		fmt.Fprintf(p.Stderr, "Failed to set property '%s' to '%s'.\nSee dmesg for error reason.\n", key, value)
		return 1
	}
	defer p.Handset.Lock()()
	p.Handset.State.Properties[key] = value
	return 0
}
