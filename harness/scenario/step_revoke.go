package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
)

// revoke takes permissions from an app, and wipes out what its user answered
// before, so that the app has to ask as if for the first time:
//
//   - revoke: CAMERA
//   - revoke: {permission: [CAMERA, RECORD_AUDIO], package: com.example.app}
type revoke struct{ permissionChange }

func readRevoke(r *reader, at, value ast.Node) Step {
	if value == nil {
		r.problem(at, "", "%q lacks the permission", "revoke")
		return nil
	}
	return revoke{r.permissionChange("revoke", value)}
}

func (s revoke) String() string { return "revoke " + short(s.permissions) }

// Do revokes with pm, as far as the app requests the permissions and they are
// not fixed, and journals how to give them back.
func (s revoke) Do(ctx context.Context, h Handset, t Target) (Report, error) {
	return s.each(ctx, h, t, false, s.one)
}

// one revokes one permission. Android 12 and later can clear the flags in which
// a refusal is remembered; before 11, a first refusal does not keep an app from
// asking again.
func (s revoke) one(ctx context.Context, h Handset, pkg android.Package, p android.Permission, now held) error {
	if now.granted {
		if err := h.Change(ctx, fmt.Sprintf("%s: %s is revoked", pkg, p), "pm", "grant", "--user", "0", string(pkg), string(p)); err != nil {
			return err
		}
		if _, err := command(ctx, h, "pm", "revoke", "--user", "0", string(pkg), string(p)); err != nil {
			return err
		}
	}
	marks := now.flagged("USER_SET", "USER_FIXED")
	if h.SDK() < 31 || len(marks) == 0 {
		return nil
	}
	if err := h.Change(
		ctx,
		fmt.Sprintf("%s: %s of %s is wiped out", pkg, strings.Join(marks, " "), p),
		flagCommand("set", pkg, p, marks)...); err != nil {
		return err
	}
	_, err := command(ctx, h, flagCommand("clear", pkg, p, marks)...)
	return err
}
