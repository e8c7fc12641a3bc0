package device

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// UIHierarchy reads the views on the screen, without what they say.
var UIHierarchy = printout.Parser{
	Source: "ui-hierarchy",
	Parse:  parseUI,
	Needs: "frameworks/base cmds/uiautomator and uiautomator's AccessibilityNodeInfoDumper.java (uiautomator dump), Android 5 to 16; " +
		"read from print-outs of 13 and 14 and of one release that is not known",
}

// Bounds on a screen. The deepest real ones have 40 levels.
const (
	deepestNode = 200
	mostNodes   = 20000
)

// uiDump reads the XML of uiautomator dump: nested node elements in one hierarchy. Most often
// all of them stand on one line.
type uiDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names
	open  bool // in a hierarchy
	depth int
	total int
	nodes []fact.UINode // of the line
}

func parseUI(in printout.Input, emit printout.Emit) error {
	d := &uiDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
		case t[0] == '<':
			d.line(t)
		case bytes.HasPrefix(t, []byte("UI hierchary dumped to: ")), bytes.HasPrefix(t, []byte("UI hierarchy dumped to: ")):
			d.Skip()
		case bytes.HasPrefix(t, []byte("ERROR: ")):
			d.Cover(evidence.Coverage{State: evidence.Truncated, Reason: string(t[:min(len(t), 200)])})
			d.Read()
		default:
			d.Settle()
		}
	}
	if d.open {
		d.Cut("the hierarchy is not closed")
	}
	return nil
}

// line reads a line of markup: all of it, or nothing.
func (d *uiDump) line(t []byte) {
	d.nodes = d.nodes[:0]
	open, depth := d.open, d.depth
	for len(t) > 0 {
		tag, rest, ok := cutTag(t)
		if !ok {
			break
		}
		t = bytes.TrimLeft(rest, " \t")
		name, attributes := printout.Word(tag)
		switch {
		case tag[0] == '?':
		case string(name) == "hierarchy":
			open, depth = tag[len(tag)-1] != '/', 0
		case string(tag) == "/hierarchy":
			open = false
		case string(tag) == "/node" && depth > 0:
			depth--
		case string(name) == "node" && open && depth < deepestNode && d.total+len(d.nodes) < mostNodes:
			n := d.node(attributes)
			n.Depth = depth
			d.nodes = append(d.nodes, n)
			if tag[len(tag)-1] != '/' {
				depth++
			}
		default:
			return
		}
	}
	if len(t) > 0 && !bytes.HasPrefix(t, []byte("UI hier")) { // to standard output, the notice follows the markup
		return
	}
	d.open, d.depth = open, depth
	d.total += len(d.nodes)
	d.Read()
	for _, n := range d.nodes {
		d.emit(n, d.Span())
	}
}

// cutTag cuts off one tag. A > may stand in the quotes of an attribute.
func cutTag(t []byte) (tag, rest []byte, ok bool) {
	if len(t) < 2 || t[0] != '<' {
		return nil, nil, false
	}
	quoted := false
	for i, c := range t {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '>' && !quoted:
			return t[1:i], t[i+1:], i > 1
		}
	}
	return nil, nil, false
}

// node reads name="value" pairs.
func (d *uiDump) node(t []byte) fact.UINode {
	var n fact.UINode
	for {
		key, rest, ok := bytes.Cut(t, []byte(`="`))
		val, rest, closed := bytes.Cut(rest, []byte(`"`))
		if !ok || !closed {
			return n
		}
		t = rest
		switch string(bytes.TrimSpace(key)) {
		case "package":
			n.Package = android.Package(d.names.Of(val))
		case "resource-id":
			n.ResourceID = d.names.Of(val)
		case "class":
			n.Class = d.names.Of(val)
		case "clickable":
			n.Clickable = string(val) == "true"
		case "checkable":
			n.Checkable = string(val) == "true"
		case "checked":
			n.Checked = string(val) == "true"
		case "password":
			n.Password = string(val) == "true"
		}
	}
}
