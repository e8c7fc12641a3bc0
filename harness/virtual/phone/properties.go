package phone

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// properties are the persona's, and those that every handset has and that follow
// from the rest of the persona.
func (h *Handset) properties() map[string]string {
	p := h.persona
	props := map[string]string{
		"dev.bootcomplete":             "1",
		"gsm.sim.state":                "ABSENT",
		"init.svc.adbd":                "running",
		"persist.sys.locale":           p.Identity.Locale,
		"persist.sys.timezone":         p.Identity.Zone,
		"ro.build.characteristics":     "default",
		"ro.build.tags":                "release-keys",
		"ro.build.type":                "user",
		"ro.build.version.codename":    "REL",
		"ro.build.version.release":     p.Release,
		"ro.build.version.sdk":         strconv.Itoa(p.SDK),
		"ro.debuggable":                "0",
		"ro.product.brand":             p.Brand,
		"ro.secure":                    "1",
		"ro.serialno":                  p.Identity.Serial,
		"service.bootanim.exit":        "1",
		"sys.boot_completed":           "1",
		"sys.usb.config":               "mtp,adb",
		"sys.usb.state":                "mtp,adb",
		"wifi.interface":               "wlan0",
		"ro.boot.serialno":             p.Identity.Serial,
		"ro.boot.verifiedbootstate":    "green",
		"ro.boot.flash.locked":         "1",
		"ro.product.cpu.abi":           "arm64-v8a",
		"sys.sysctl.extra_free_kbytes": "24300",
	}
	if p.SDK < 24 { // verified boot's state came with Android 7
		delete(props, "ro.boot.verifiedbootstate")
		delete(props, "ro.boot.flash.locked")
	}
	if p.SDK >= 28 { // the kernel's own name for the reason came with Android 9
		reboot := h.BootTime().Unix()
		props["persist.sys.boot.reason.history"] = fmt.Sprintf("reboot,%d\nreboot,factory_reset,%d", reboot, reboot-5184000)
	}
	if p.Identity.IMSI != "" {
		props["gsm.sim.state"] = "READY"
	}
	if _, ok := p.Properties["ro.product.locale"]; !ok && p.SDK < 23 {
		lang, region, _ := strings.Cut(p.Identity.Locale, "-")
		props["persist.sys.language"], props["persist.sys.country"] = lang, region
	}
	maps.Copy(props, p.Properties)
	// Whoever gives a persona another serial has another handset: it says so everywhere.
	props["ro.serialno"], props["ro.boot.serialno"] = p.Identity.Serial, p.Identity.Serial
	return props
}
