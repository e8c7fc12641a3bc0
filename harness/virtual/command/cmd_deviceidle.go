package command

import (
	"fmt"

	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/phone"
)

// idleShell carries out cmd deviceidle get, of deep, light, screen and charging
// (DeviceIdleController.onShellCommand).
func idleShell(p *phone.Call, args []string) int {
	h := p.Handset
	defer h.RLock()()
	if len(args) > 0 && args[0] == "whitelist" {
		dumpsys.ListSpared(h, p.Stdout, args[1:])
		return 0
	}
	if len(args) < 1 || args[0] != "get" {
		return p.Print("Device idle controller (deviceidle) commands:\n  help\n    Print this help text.\n" +
			"  get [light|deep|force|screen|charging|network]\n    Retrieve the current given state.\n")
	}
	if len(args) < 2 {
		return p.Print("Argument required\n")
	}
	deep, light := h.IdleStates()
	answers := map[string]string{
		"deep": deep, "light": light, "force": "false", "screen": fmt.Sprint(h.State.Screen.Awake),
		"charging": fmt.Sprint(h.Persona().Battery.USB), "network": "true",
	}
	answer, ok := answers[args[1]]
	if !ok {
		answer = "Unknown get option: " + args[1]
	}
	return p.Print(answer + "\n")
}
