package scenario

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a screen may hold: a handset's own dumps stay far below.
const (
	maxScreen = 4 << 20 // bytes of XML
	maxNodes  = 20000
	maxDepth  = 128
)

// dumped is where uiautomator leaves its file. Shell may write there on every release.
const dumped = "/data/local/tmp/assay-ui.xml"

// node is one view on the screen, as uiautomator dump prints it.
type node struct {
	ID      string // resource-id: com.android.permissioncontroller:id/permission_deny_button
	Text    string
	Desc    string // content-desc
	Package string // of the window
	Checked bool
	Enabled bool
	bounds  [4]int // left, top, right, bottom
}

// center is where a finger would tap.
func (n node) center() (x, y int) {
	return (n.bounds[0] + n.bounds[2]) / 2, (n.bounds[1] + n.bounds[3]) / 2
}

// name is the resource-id without its package: permission_deny_button.
func (n node) name() string {
	_, name, _ := strings.Cut(n.ID, ":id/")
	return name
}

// errNoScreen is what look returns where uiautomator gave no screen this time,
// as on a screen that never stands still. The next look may succeed.
var errNoScreen = errors.New("uiautomator gave no screen")

// dumpViews reads what is on the screen, in the order of the dump. The file of an
// earlier dump is deleted first, and the content checked: uiautomator reports
// its errors with exit status 0 (cmds/uiautomator, DumpCommand.java, Android 4.3
// to 16). An error that wraps errNoScreen is worth another look.
func dumpViews(ctx context.Context, h Handset) ([]node, error) {
	if _, _, err := ask(ctx, h, "rm", "-f", dumped); err != nil {
		return nil, err
	}
	said, _, err := ask(ctx, h, "uiautomator", "dump", dumped)
	if err != nil {
		return nil, err
	}
	raw, ok, err := ask(ctx, h, "cat", dumped)
	if err != nil {
		return nil, err
	}
	if !ok || strings.TrimSpace(raw) == "" {
		return nil, fmt.Errorf("%w: it said %s", errNoScreen, quoted(said))
	}
	if _, _, err := ask(ctx, h, "rm", "-f", dumped); err != nil {
		return nil, err
	}
	nodes, err := parseScreen(strings.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoScreen, err)
	}
	return nodes, nil
}

// parseScreen reads the XML of uiautomator dump: nested node elements within one
// hierarchy (AccessibilityNodeInfoDumper.java, Android 4.3 to 16). A dump that
// is cut off, too large or too deep is an error.
func parseScreen(r io.Reader) ([]node, error) {
	limited := &io.LimitedReader{R: r, N: maxScreen + 1}
	d := xml.NewDecoder(limited)
	var nodes []node
	for depth, whole := 0, false; ; {
		token, err := d.Token()
		if limited.N == 0 {
			return nil, fmt.Errorf("screen of more than %d bytes", maxScreen)
		}
		if err == io.EOF && whole {
			return nodes, nil
		}
		if err != nil {
			return nil, fmt.Errorf("screen: %w", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, fmt.Errorf("screen of more than %d levels", maxDepth)
			}
			if depth == 1 && e.Name.Local != "hierarchy" {
				return nil, fmt.Errorf("screen begins with <%.20s>, not <hierarchy>", e.Name.Local)
			}
			if e.Name.Local == "node" {
				nodes = append(nodes, readNode(e.Attr))
			}
			if len(nodes) > maxNodes {
				return nil, fmt.Errorf("screen of more than %d nodes", maxNodes)
			}
		case xml.EndElement:
			depth--
			whole = depth == 0
		}
	}
}

func readNode(attributes []xml.Attr) node {
	var n node
	for _, a := range attributes {
		switch a.Name.Local {
		case "resource-id":
			n.ID = a.Value
		case "text":
			n.Text = a.Value
		case "content-desc":
			n.Desc = a.Value
		case "package":
			n.Package = a.Value
		case "checked":
			n.Checked = a.Value == "true"
		case "enabled":
			n.Enabled = a.Value == "true"
		case "bounds":
			n.bounds, _ = parseBounds(a.Value)
		}
	}
	return n
}

// parseBounds reads [left,top][right,bottom]. A node without readable bounds has
// none, and cannot be tapped.
func parseBounds(s string) (b [4]int, ok bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	words := strings.Split(strings.Replace(s, "][", ",", 1), ",")
	if len(words) != 4 {
		return b, false
	}
	for i, w := range words {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil {
			return [4]int{}, false
		}
		b[i] = int(n)
	}
	return b, true
}

// tappable says whether a finger could meet the node.
func (n node) tappable() bool {
	return n.bounds[2] > n.bounds[0] && n.bounds[3] > n.bounds[1] && n.bounds[2] > 0 && n.bounds[3] > 0
}

func (n node) tap(ctx context.Context, h Handset) error {
	x, y := n.center()
	_, err := command(ctx, h, "input", "tap", strconv.Itoa(x), strconv.Itoa(y))
	return err
}
