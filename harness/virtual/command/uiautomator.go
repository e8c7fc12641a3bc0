package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"assay/harness/virtual/phone"
)

// uiautomator is the command uiautomator dump [--compressed] [FILE]
// (cmds/uiautomator, DumpCommand). The misspelt word is Android's.
func uiautomator(_ context.Context, p *phone.Call) int {
	h := p.Handset
	if len(p.Argv) < 2 || p.Argv[1] != "dump" {
		fmt.Fprintln(p.Stderr, "Unsupported or standalone uiautomator command")
		return 1
	}
	file := "/sdcard/window_dump.xml"
	for _, a := range p.Argv[2:] {
		if !strings.HasPrefix(a, "--") {
			file = a
		}
	}
	unlock := h.Lock()
	text := hierarchy(h)
	restoreRotation(h)
	unlock()
	if text == nil {
		fmt.Fprintln(p.Stderr, "ERROR: null root node returned by UiTestAutomationBridge.")
		return 0 // Android says so and exits with 0
	}
	if file == "/dev/tty" {
		p.Stdout.Write(text)
		fmt.Fprintf(p.Stdout, "UI hierchary dumped to: %s\n", file)
		return 0
	}
	if err := h.Disk().WriteFile(p.Path(file), text); err != nil {
		fmt.Fprintf(p.Stderr, "ERROR: could not get idle state.\njava.io.FileNotFoundException: %s: open failed: EACCES (Permission "+
			"denied)\n", file)
		return 0
	}
	fmt.Fprintf(p.Stdout, "UI hierchary dumped to: %s\n", file)
	return 0
}

// restoreRotation rewrites the settings of the screen's rotation, as the end of every
// dump does (UiAutomationConnection.restoreRotationStateLocked): where the rotation is
// free both as they were (from Android 10, DisplayRotation.setUserRotation; before,
// PhoneWindowManager.setUserRotationMode, the first alone), where it is locked the
// second to how the screen stands, which is upright here, whatever it was set to.
func restoreRotation(h *phone.Handset) {
	system := h.State.Settings["system"]
	if system["accelerometer_rotation"] != "1" {
		system["accelerometer_rotation"], system["user_rotation"] = "0", "0"
		return
	}
	if h.SDK() >= 29 {
		system["user_rotation"] = cmp.Or(system["user_rotation"], "0")
	}
}

// hierarchy prints the window as AccessibilityNodeInfoDumper does, or nil where
// the screen is off.
func hierarchy(h *phone.Handset) []byte {
	s := &h.State.Screen
	if !s.Awake {
		return nil
	}
	pkg := h.FocusPackage()
	if pkg != "android" && !strings.Contains(pkg, ".") {
		pkg = "com.android.systemui"
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">`)
	root := phone.View{Class: "android.widget.FrameLayout", Package: pkg, Right: s.Width, Bottom: s.Height}
	open(root, &b, 0, false)
	for i, v := range h.Views() {
		open(v, &b, i, true)
	}
	b.WriteString("</node></hierarchy>")
	return b.Bytes()
}

// open prints a node; a leaf closes itself.
func open(v phone.View, b *bytes.Buffer, index int, leaf bool) {
	attr := func(name, value string) {
		fmt.Fprintf(b, ` %s="`, name)
		_ = xml.EscapeText(b, []byte(value)) // a Buffer takes all
		b.WriteByte('"')
	}
	flag := func(name string, on bool) { attr(name, fmt.Sprint(on)) }
	b.WriteString("<node")
	attr("index", fmt.Sprint(index))
	attr("text", v.Text)
	attr("resource-id", v.Resource())
	attr("class", v.Class)
	attr("package", v.Package)
	attr("content-desc", v.Description)
	flag("checkable", v.Checkable)
	flag("checked", v.Checked)
	flag("clickable", v.Clickable)
	flag("enabled", true)
	flag("focusable", v.Clickable)
	flag("focused", v.Editable)
	flag("scrollable", false)
	flag("long-clickable", v.Editable)
	flag("password", false)
	flag("selected", false)
	attr("bounds", fmt.Sprintf("[%d,%d][%d,%d]", v.Left, v.Top, v.Right, v.Bottom))
	if leaf {
		b.WriteString(" />")
		return
	}
	b.WriteByte('>')
}
