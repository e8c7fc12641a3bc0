package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/phone"
)

// dumpBattery prints dumpsys battery (BatteryService.dumpInternal): the charging
// current came with Android 6, voltage and counter with 7, docks with 14.
func dumpBattery(h *phone.Handset, w io.Writer, _ []string) {
	b, sdk := h.Battery(), h.SDK()
	status, voltage := 3, 3650+b.Level*7
	if b.USB {
		status = 2
		if b.Level == 100 {
			status = 5
		}
	}
	fmt.Fprintln(w, "Current Battery Service state:")
	fmt.Fprintf(w, "  AC powered: false\n  USB powered: %t\n  Wireless powered: false\n", b.USB)
	if sdk >= 34 {
		fmt.Fprintln(w, "  Dock powered: false")
	}
	if sdk >= 23 {
		fmt.Fprintf(w, "  Max charging current: %d\n", phone.Bit(b.USB)*500000)
	}
	if sdk >= 24 {
		fmt.Fprintf(w, "  Max charging voltage: %d\n  Charge counter: %d\n", phone.Bit(b.USB)*5000000, b.Level*34120)
	}
	fmt.Fprintf(w, "  status: %d\n  health: 2\n  present: true\n  level: %d\n  scale: 100\n  voltage: %d\n  temperature: %d\n"+
		"  technology: Li-ion\n",
		status, b.Level, voltage, b.Temperature)
	if sdk >= 34 {
		fmt.Fprintln(w, "  Charging state: 0\n  Charging policy: 0")
	}
}

// dumpPower prints the part of dumpsys power that says whether the screen is on.
func dumpPower(h *phone.Handset, w io.Writer, _ []string) {
	word := "Awake"
	if !h.State.Screen.Awake {
		word = "Asleep"
	}
	fmt.Fprintf(w, "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n  mDirty=0x0\n  mWakefulness=%s\n"+
		"  mWakefulnessChanging=false\n  mIsPowered=%t\n", word, h.Persona().Battery.USB)
	if h.SDK() >= 24 {
		fmt.Fprintf(w, "  mLightDeviceIdleMode=false\n  mDeviceIdleMode=%t\n", h.Dozing())
	} else if h.SDK() >= 23 {
		fmt.Fprintf(w, "  mDeviceIdleMode=%t\n", h.Dozing())
	}
	if h.State.Screen.Awake {
		fmt.Fprint(w, "\nDisplay Power: state=ON\n")
	} else {
		fmt.Fprint(w, "\nDisplay Power: state=OFF\n")
	}
}
