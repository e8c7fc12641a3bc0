package phone

import (
	"fmt"
	"strings"

	"assay/harness/virtual/persona"
)

// View is one node of the window on the screen.
type View struct {
	ID, Class, Package, Text, Description string
	Clickable, Editable                   bool
	Checkable, Checked                    bool
	Left, Top, Right, Bottom              int
}

// Resource is the view's resource-id. A dialog's ids are those of AOSP's package,
// also in Google's build of it.
func (v View) Resource() string {
	if v.ID == "" {
		return ""
	}
	if strings.Contains(v.ID, ":") {
		return v.ID
	}
	pkg := strings.Replace(v.Package, "com.google.android.", "com.android.", 1)
	return pkg + ":id/" + v.ID
}

// Views are what the window with the focus shows, from top to bottom.
func (h *Handset) Views() []View {
	s := &h.State.Screen
	if !s.Awake {
		return nil
	}
	if s.Keyguard {
		return h.column("com.android.systemui", []persona.Widget{{ID: "keyguard_clock_container", Class: "android.widget.TextView",
			Text: h.Clock.Now().Format("15:04")}}, false)
	}
	if o := h.TopWindow(); o != nil {
		return h.column(o.Package, o.Widgets, true)
	}
	t := s.Top()
	if d := t.Dialog; d != nil {
		label := d.asker.Name
		if d.asker.App != nil {
			label = d.asker.App.Label
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
	if p := h.State.Package(t.Package); p != nil && p.App != nil {
		return h.column(t.Package, append([]persona.Widget{{ID: "toolbar_title", Text: p.App.Label}}, p.App.Screen...), false)
	}
	if t.ID == 1 {
		var icons []persona.Widget
		for _, m := range h.Activities(Intent{Action: ActionMain, Categories: []string{CategoryLauncher}}, 0, false) {
			if m.Package.App != nil {
				icons = append(icons, persona.Widget{ID: "icon", Class: "android.widget.TextView", Text: m.Package.App.Label,
					Desc: m.Package.App.Label})
			}
		}
		return h.column(t.Package, icons, false)
	}
	return h.column(t.Package, nil, false)
}

// column lays widgets out below each other; a dialog's stand at the bottom.
func (h *Handset) column(pkg string, widgets []persona.Widget, bottom bool) []View {
	s := &h.State.Screen
	height := min(s.Height/16, s.Height/max(len(widgets)+2, 1))
	at := s.Height / 20
	if bottom {
		at = s.Height - height*(len(widgets)+1)
	}
	var out []View
	for _, w := range widgets {
		class := w.Class
		if class == "" {
			class = "android.widget.TextView"
		}
		edit := class == "android.widget.EditText"
		text := h.inLanguage(w.ID, w.Text)
		if edit && s.Typed != "" {
			text = s.Typed
		}
		out = append(out, View{
			ID: w.ID, Class: class, Package: pkg, Text: text, Description: w.Desc, Editable: edit,
			Clickable: edit || strings.HasSuffix(class, "Button") || w.ID == "icon" || w.ID == checkbox,
			Checkable: w.ID == checkbox, Checked: w.ID == checkbox && s.Top().Dialog.ticked,
			Left: s.Width / 20, Top: at, Right: s.Width - s.Width/20, Bottom: at + height,
		})
		at += height
	}
	return out
}
