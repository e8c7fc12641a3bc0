package fact

import "assay/harness/android"

// UINode is one view on the screen. What it says is not part of it: screens
// hold what their owner wrote and received.
type UINode struct {
	Package    android.Package `json:"package"`
	ResourceID string          `json:"resource-id,omitempty"` // package:id/name
	Class      string          `json:"class"`
	Clickable  bool            `json:"clickable"`
	Checkable  bool            `json:"checkable"`
	Checked    bool            `json:"checked"`
	Password   bool            `json:"password"`
	Depth      int             `json:"depth"` // of the window's own view: 0
}

func (UINode) Kind() string { return "ui-node" }

// Screenshot is a picture of the screen. What it shows is not part of it: screens
// hold what their owner wrote and received.
type Screenshot struct {
	Width  int `json:"width"` // in pixels
	Height int `json:"height"`
}

func (Screenshot) Kind() string { return "screenshot" }
