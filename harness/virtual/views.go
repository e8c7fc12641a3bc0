package virtual

import (
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
