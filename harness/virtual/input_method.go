package virtual

import (
	"strings"

	"assay/harness/virtual/persona"
)

// inputMethods are the services that take the part of a keyboard.
func (h *PhoneHandset) inputMethods() []match {
	return h.declared(intent{action: "android.view.InputMethod"}, 0, func(p *installed) []persona.Component { return p.app.Services })
}

// id is an input method's: its component, in short.
func (m match) id() string { return persona.ShortComponent(m.p.Name + "/" + m.activity) }

// enabledMethods are the IDs of the input methods that the user may choose from:
// those of the image until somebody decides.
func (h *PhoneHandset) enabledMethods() []string {
	if list, ok := h.state.settings["secure"]["enabled_input_methods"]; ok {
		return strings.FieldsFunc(list, func(r rune) bool { return r == ':' })
	}
	var ids []string
	for _, m := range h.inputMethods() {
		ids = append(ids, m.id())
	}
	return ids
}
