package command

import (
	"fmt"
	"strings"

	"assay/harness/virtual/phone"
)

// serviceShell is what one service does with a command line of cmd. The first of
// args is the command's name.
type serviceShell func(p *phone.Call, args []string) int

// serviceShells are the services that take commands, beside those of cmd itself,
// and the first release in which each does.
var serviceShells = map[string]struct {
	sdk int
	run serviceShell
}{
	"bluetooth_manager": {30, bluetoothShell},
	"connectivity":      {30, connectivityShell},
	"input_method":      {28, inputMethodShell},
	"location":          {30, locationShell},
	"lock_settings":     {26, lockSettingsShell},
	"phone":             {31, phoneShell},
	"wifi":              {30, wifiShell},
}

// noShell is what a service without commands says (Binder.onShellCommand).
func noShell(p *phone.Call) int {
	fmt.Fprintln(p.Stderr, "No shell command implementation.")
	return 0
}

// unknownCommand is ShellCommand.handleDefaultCommands of a name that it does not
// know.
func unknownCommand(p *phone.Call, name string) int {
	fmt.Fprintln(p.Stdout, "Unknown command: "+name)
	return 255
}

// missingArgument is what getNextArgRequired throws.
func missingArgument(p *phone.Call, args []string) int {
	return shellException(p, args[0], "java.lang.IllegalArgumentException", fmt.Sprintf("Argument expected after %q", args[len(args)-1]))
}

// switchTo puts a global setting to 1 or 0.
func switchTo(h *phone.Handset, key string, on bool) {
	defer h.Lock()()
	h.State.Settings["global"][key] = fmt.Sprint(phone.Bit(on))
}

// isSet says whether a setting is on.
func isSet(h *phone.Handset, namespace, key string) bool {
	defer h.RLock()()
	value := h.State.Settings[namespace][key]
	return value != "" && value != "0"
}

// locationShell carries out set-location-enabled and, from Android 12,
// is-location-enabled (LocationShellCommand).
func locationShell(p *phone.Call, args []string) int {
	rest := args[1:]
	if len(rest) >= 2 && rest[0] == "--user" {
		rest = rest[2:]
	}
	switch {
	case args[0] == "is-location-enabled" && p.Handset.SDK() >= 31:
		return p.Print(fmt.Sprintln(isSet(p.Handset, "secure", "location_mode")))
	case args[0] == "set-location-enabled":
		if len(rest) == 0 {
			return missingArgument(p, args)
		}
		mode := "0"
		if strings.EqualFold(rest[0], "true") {
			mode = "3" // Settings.Secure.LOCATION_MODE_HIGH_ACCURACY
		}
		defer p.Handset.Lock()()
		p.Handset.State.Settings["secure"]["location_mode"] = mode
		return 0
	}
	return unknownCommand(p, args[0])
}

// wifiShell carries out set-wifi-enabled and status (WifiShellCommand). What needs
// root is not here.
func wifiShell(p *phone.Call, args []string) int {
	switch args[0] {
	case "set-wifi-enabled":
		if len(args) < 2 {
			return missingArgument(p, args)
		}
		if args[1] != "enabled" && args[1] != "disabled" {
			fmt.Fprintln(p.Stdout, "Invalid argument to 'set-wifi-enabled' - must be 'enabled' or 'disabled'")
			return 255
		}
		switchTo(p.Handset, "wifi_on", args[1] == "enabled")
		return 0
	case "status":
		word := map[bool]string{true: "enabled", false: "disabled"}[isSet(p.Handset, "global", "wifi_on")]
		return p.Print("Wifi is " + word + "\nWifi scanning is only available when wifi is enabled\n")
	}
	return unknownCommand(p, args[0])
}

// phoneShell carries out data enable and disable (TelephonyShellCommand).
func phoneShell(p *phone.Call, args []string) int {
	if args[0] != "data" {
		return unknownCommand(p, args[0])
	}
	if len(args) < 2 || args[1] != "enable" && args[1] != "disable" {
		fmt.Fprintln(p.Stdout, "Invalid argument to 'data' - must be 'enable' or 'disable'")
		return 255
	}
	switchTo(p.Handset, "mobile_data", args[1] == "enable")
	return 0
}

// connectivityShell carries out airplane-mode (ConnectivityService.ShellCmd).
func connectivityShell(p *phone.Call, args []string) int {
	switch {
	case args[0] != "airplane-mode":
		return unknownCommand(p, args[0])
	case len(args) == 1:
		return p.Print(map[bool]string{true: "enabled\n", false: "disabled\n"}[isSet(p.Handset, "global", "airplane_mode_on")])
	case args[1] != "enable" && args[1] != "disable":
		fmt.Fprint(p.Stdout, "Connectivity service commands:\n  help\n    Print this help text.\n  airplane-mode [enable|disable]\n"+
			"    Turn airplane mode on or off.\n  airplane-mode\n    Get airplane mode.\n")
		return 255
	}
	switchTo(p.Handset, "airplane_mode_on", args[1] == "enable")
	return 0
}

// bluetoothShell carries out enable and disable (BluetoothShellCommand).
func bluetoothShell(p *phone.Call, args []string) int {
	if args[0] != "enable" && args[0] != "disable" {
		return unknownCommand(p, args[0])
	}
	switchTo(p.Handset, "bluetooth_on", args[0] == "enable")
	return 0
}
