package scenario

import (
	"context"
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
)

// giving gives an app permissions without asking its user:
//
//   - grant: READ_CONTACTS
//   - grant: {permission: READ_CONTACTS, package: com.example.app}
type giving struct{ permissionChange }

func readGrant(r *reader, at, value ast.Node) Step {
	if value == nil {
		r.problem(at, "", "%q lacks the permission", "grant")
		return nil
	}
	return giving{r.permissionChange("grant", value)}
}

func (s giving) String() string { return "grant " + short(s.permissions) }

// Do grants with pm, as far as the app requests the permissions and does not
// hold them, and journals how to take them back.
func (s giving) Do(ctx context.Context, h Handset, t Target) (Report, error) {
	return s.each(ctx, h, t, true, s.one)
}

func (s giving) one(ctx context.Context, h Handset, pkg android.Package, p android.Permission, now held) error {
	if now.granted {
		return nil
	}
	if err := h.Change(ctx, fmt.Sprintf("%s: %s is granted", pkg, p), "pm", "revoke", "--user", "0", string(pkg), string(p)); err != nil {
		return err
	}
	_, err := command(ctx, h, "pm", "grant", "--user", "0", string(pkg), string(p))
	return err
}
