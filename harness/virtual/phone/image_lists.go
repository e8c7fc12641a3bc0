package phone

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// lists puts the files into the image by which it gives permissions to its own
// packages: each partition speaks for the packages that lie on it. Privileged
// permissions are listed from Android 8, those of the first boot from 7, and whom
// battery saving spares from 6.
func (h *Handset) lists() {
	sdk := h.persona.SDK
	h.list("/system/etc/permissions/platform.xml", "permissions", h.platformList())
	for _, partition := range []string{"/system", "/system_ext", "/product", "/vendor", "/odm"} {
		var privileged, first []string
		for _, p := range h.State.SortedPackages() {
			if partitionOf(p.Path) != partition {
				continue
			}
			privileged = append(privileged, privilegedList(p)...)
			first = append(first, defaultList(p)...)
		}
		maker := strings.ToLower(strings.ReplaceAll(h.persona.Brand, " ", ""))
		if sdk >= 26 && len(privileged) > 0 {
			h.list(partition+"/etc/permissions/privapp-permissions-"+maker+".xml", "permissions", privileged)
		}
		if sdk >= 24 && len(first) > 0 {
			h.list(partition+"/etc/default-permissions/default-permissions-"+maker+".xml", "exceptions", first)
		}
	}
}

// list writes one file, with the lines of its root.
func (h *Handset) list(name, root string, lines []string) {
	text := fmt.Sprintf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<%s>\n%s</%s>\n", root, strings.Join(lines, ""), root)
	h.files.Plant(name, 0o644, []byte(text))
}

// platformList is a part of data/etc/platform.xml.
func (h *Handset) platformList() []string {
	lines := []string{
		"    <permission name=\"android.permission.INTERNET\" >\n        <group gid=\"inet\" />\n    </permission>\n",
		"    <assign-permission name=\"android.permission.MODIFY_AUDIO_SETTINGS\" uid=\"media\" />\n",
		"    <assign-permission name=\"android.permission.ACCESS_SURFACE_FLINGER\" uid=\"graphics\" />\n",
		"    <library name=\"android.test.runner\"\n            file=\"/system/framework/android.test.runner.jar\" />\n",
	}
	if h.persona.SDK >= 23 {
		for _, name := range PowerSaveAllowed {
			lines = append(lines, fmt.Sprintf("    <allow-in-power-save package=\"%s\" />\n", name))
		}
	}
	return lines
}

func partitionOf(apk string) string {
	for _, partition := range []string{"/system_ext", "/product", "/vendor", "/odm"} {
		if strings.HasPrefix(apk, partition+"/") || strings.HasPrefix(apk, "/system"+partition+"/") {
			return partition
		}
	}
	return "/system"
}

func privilegedList(p *Package) []string {
	if len(p.Privileged) == 0 {
		return nil
	}
	names := make([]string, len(p.Privileged))
	for i, n := range p.Privileged {
		names[i] = persona.FullPermission(n)
	}
	slices.Sort(names)
	lines := []string{fmt.Sprintf("    <privapp-permissions package=\"%s\">\n", p.Name)}
	for _, n := range names {
		lines = append(lines, fmt.Sprintf("        <permission name=\"%s\"/>\n", n))
	}
	return append(lines, "    </privapp-permissions>\n")
}

// defaultList lists what a package holds from the first boot on.
func defaultList(p *Package) []string {
	var lines []string
	for _, name := range SortedKeys(p.Runtime) {
		if flags := p.Runtime[name]; slices.Contains(flags, "GRANTED_BY_DEFAULT") {
			lines = append(lines, fmt.Sprintf("        <permission name=\"%s\" fixed=\"%t\"/>\n", persona.FullPermission(name),
				slices.Contains(flags, "SYSTEM_FIXED")))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return append(append([]string{fmt.Sprintf("    <exception package=\"%s\">\n", p.Name)}, lines...), "    </exception>\n")
}

// PowerSaveAllowed are packages of the platform that battery saving leaves alone on every
// handset that has them (frameworks/base data/etc/platform.xml,
// allow-in-power-save and -except-idle).
var PowerSaveAllowed = []string{"com.android.providers.calendar", "com.android.providers.contacts", "com.android.providers.downloads",
	"com.android.proxyhandler", "com.android.shell"}
