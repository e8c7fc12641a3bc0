package phone

import (
	"strings"

	"assay/harness/virtual/persona"
)

// InputMethods are the services that take the part of a keyboard.
func (h *Handset) InputMethods() []Match {
	return h.Declared(Intent{Action: "android.view.InputMethod"}, 0, func(p *Package) []persona.Component { return p.App.Services })
}

// ID is an input method's: its component, in short.
func (m Match) ID() string { return persona.ShortComponent(m.Package.Name + "/" + m.Class) }

// EnabledInputMethods are the IDs of the input methods that the user may choose from:
// those of the image until somebody decides.
func (h *Handset) EnabledInputMethods() []string {
	if list, ok := h.State.Settings["secure"]["enabled_input_methods"]; ok {
		return strings.FieldsFunc(list, func(r rune) bool { return r == ':' })
	}
	var ids []string
	for _, m := range h.InputMethods() {
		ids = append(ids, m.ID())
	}
	return ids
}
