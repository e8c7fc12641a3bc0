package virtual

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"assay/harness/virtual/persona"
)

// view is one node of the window on the screen.
type view struct {
	id, class, pkg, text, desc string
	clickable, editable        bool
	checkable, checked         bool
	left, top, right, bottom   int
}

// resource is the view's resource-id. A dialog's ids are those of AOSP's package,
// also in Google's build of it.
func (v view) resource() string {
	if v.id == "" {
		return ""
	}
	if strings.Contains(v.id, ":") {
		return v.id
	}
	pkg := strings.Replace(v.pkg, "com.google.android.", "com.android.", 1)
	return pkg + ":id/" + v.id
}

// views are what the window with the focus shows, from top to bottom.
func (h *PhoneHandset) views() []view {
	s := &h.state.screen
	if !s.awake {
		return nil
	}
	if s.keyguard {
		return h.column("com.android.systemui", []persona.Widget{{ID: "keyguard_clock_container", Class: "android.widget.TextView", Text: h.clock.Now().Format("15:04")}}, false)
	}
	if o := h.covering(); o != nil {
		return h.column(o.Package, o.Widgets, true)
	}
	t := s.top()
	if d := t.dialog; d != nil {
		label := d.asker.Name
		if d.asker.app != nil {
			label = d.asker.app.Label
		}
		widgets := []persona.Widget{{ID: "permission_message", Text: fmt.Sprintf("Allow %s to %s?", label, d.words)}}
		if d.again && h.persona.SDK < 29 {
			widgets = append(widgets, persona.Widget{ID: checkbox, Class: "android.widget.CheckBox", Text: "Don't ask again"})
		}
		for _, b := range h.buttons(d) {
			widgets = append(widgets, persona.Widget{ID: b.id, Class: "android.widget.Button", Text: b.text})
		}
		return h.column(d.pkg, widgets, true)
	}
	if p := h.state.find(t.pkg); p != nil && p.app != nil {
		return h.column(t.pkg, append([]persona.Widget{{ID: "toolbar_title", Text: p.app.Label}}, p.app.Screen...), false)
	}
	if t.id == 1 {
		var icons []persona.Widget
		for _, m := range h.activities(intent{action: actionMain, categories: []string{launchable}}, 0, false) {
			if m.p.app != nil {
				icons = append(icons, persona.Widget{ID: "icon", Class: "android.widget.TextView", Text: m.p.app.Label, Desc: m.p.app.Label})
			}
		}
		return h.column(t.pkg, icons, false)
	}
	return h.column(t.pkg, nil, false)
}

// column lays widgets out below each other; a dialog's stand at the bottom.
func (h *PhoneHandset) column(pkg string, widgets []persona.Widget, bottom bool) []view {
	s := &h.state.screen
	height := min(s.height/16, s.height/max(len(widgets)+2, 1))
	at := s.height / 20
	if bottom {
		at = s.height - height*(len(widgets)+1)
	}
	var out []view
	for _, w := range widgets {
		class := w.Class
		if class == "" {
			class = "android.widget.TextView"
		}
		edit := class == "android.widget.EditText"
		text := h.inLanguage(w.ID, w.Text)
		if edit && s.typed != "" {
			text = s.typed
		}
		out = append(out, view{
			id: w.ID, class: class, pkg: pkg, text: text, desc: w.Desc, editable: edit,
			clickable: edit || strings.HasSuffix(class, "Button") || w.ID == "icon" || w.ID == checkbox,
			checkable: w.ID == checkbox, checked: w.ID == checkbox && s.top().dialog.ticked,
			left: s.width / 20, top: at, right: s.width - s.width/20, bottom: at + height,
		})
		at += height
	}
	return out
}

// uiautomator is the command uiautomator dump [--compressed] [FILE]
// (cmds/uiautomator, DumpCommand). The misspelt word is Android's.
func uiautomator(_ context.Context, p *process) int {
	h := p.handset
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
	unlock := h.lock()
	text := h.hierarchy()
	h.restoreRotation()
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
	if err := h.files.WriteFile(p.Path(file), text); err != nil {
		fmt.Fprintf(p.Stderr, "ERROR: could not get idle state.\njava.io.FileNotFoundException: %s: open failed: EACCES (Permission denied)\n", file)
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
func (h *PhoneHandset) restoreRotation() {
	system := h.state.settings["system"]
	if system["accelerometer_rotation"] != "1" {
		system["accelerometer_rotation"], system["user_rotation"] = "0", "0"
		return
	}
	if h.persona.SDK >= 29 {
		system["user_rotation"] = cmp.Or(system["user_rotation"], "0")
	}
}

// hierarchy prints the window as AccessibilityNodeInfoDumper does, or nil where
// the screen is off.
func (h *PhoneHandset) hierarchy() []byte {
	s := &h.state.screen
	if !s.awake {
		return nil
	}
	pkg := h.focusPackage()
	if pkg != "android" && !strings.Contains(pkg, ".") {
		pkg = "com.android.systemui"
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">`)
	root := view{class: "android.widget.FrameLayout", pkg: pkg, right: s.width, bottom: s.height}
	root.open(&b, 0, false)
	for i, v := range h.views() {
		v.open(&b, i, true)
	}
	b.WriteString("</node></hierarchy>")
	return b.Bytes()
}

// open prints a node; a leaf closes itself.
func (v view) open(b *bytes.Buffer, index int, leaf bool) {
	attr := func(name, value string) {
		fmt.Fprintf(b, ` %s="`, name)
		_ = xml.EscapeText(b, []byte(value)) // a Buffer takes all
		b.WriteByte('"')
	}
	flag := func(name string, on bool) { attr(name, fmt.Sprint(on)) }
	b.WriteString("<node")
	attr("index", fmt.Sprint(index))
	attr("text", v.text)
	attr("resource-id", v.resource())
	attr("class", v.class)
	attr("package", v.pkg)
	attr("content-desc", v.desc)
	flag("checkable", v.checkable)
	flag("checked", v.checked)
	flag("clickable", v.clickable)
	flag("enabled", true)
	flag("focusable", v.clickable)
	flag("focused", v.editable)
	flag("scrollable", false)
	flag("long-clickable", v.editable)
	flag("password", false)
	flag("selected", false)
	attr("bounds", fmt.Sprintf("[%d,%d][%d,%d]", v.left, v.top, v.right, v.bottom))
	if leaf {
		b.WriteString(" />")
		return
	}
	b.WriteByte('>')
}
