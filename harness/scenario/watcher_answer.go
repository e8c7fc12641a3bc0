package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
)

// met is a dialog that stands in front: when, in which window, and what is known of it.
type met struct {
	moment   Moment
	focus    focus
	sighting *Sighting
}

// answer tries the ways until the dialog is gone, and gives the word of the one
// that did it. Before each it makes sure that the dialog still is what it was:
// nothing is pressed on what took its place.
func (w *Watcher) answer(ctx context.Context, h Handset, d met, ways []way, still string) (string, error) {
	for _, way := range ways {
		pressed, err := w.press(ctx, h, d, way)
		if err != nil {
			return stays, err
		}
		if !pressed {
			continue
		}
		if gone, err := poll(ctx, h, dialogLeave, func() (bool, error) {
			now, ok, err := focused(ctx, h)
			return ok && now.name != "" && !now.same(d.focus), err
		}); gone || err != nil {
			w.settled = focus{}
			return way.word, err
		}
	}
	return still, nil
}

// press journals a way, and goes it. It is false where the dialog does not offer
// it, or is no longer in front.
func (w *Watcher) press(ctx context.Context, h Handset, d met, way way) (bool, error) {
	var button node
	if way.key == "" {
		screen, err := dumpViews(ctx, h)
		if errors.Is(err, errNoScreen) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		var ok bool
		if button, ok = way.on(d.sighting.known, screen); !ok {
			return false, nil
		}
		if d.sighting.Kind == "permission" {
			if err := w.journalRefusal(ctx, h, d.moment.Target.Package, screen); err != nil {
				return false, err
			}
		}
	}
	now, ok, err := focused(ctx, h)
	if err != nil || !ok || !now.same(d.focus) {
		return false, err
	}
	if err := h.Change(
		ctx,
		fmt.Sprintf("a dialog (%s, window %s) is answered with %s", d.sighting.Kind, quoted(d.sighting.Window), way.word),
	); err != nil {
		return false, err
	}
	if way.key == "" {
		return true, button.tap(ctx, h)
	}
	_, err = command(ctx, h, "input", "keyevent", way.key)
	return true, err
}

// on finds the way's button: by its own ids, or by what is known to decline on the
// window.
func (w way) on(window signature, screen []node) (node, bool) {
	if w.buttons == nil {
		return window.declining(screen)
	}
	i := slices.IndexFunc(screen, func(n node) bool { return n.tappable() && slices.Contains(w.buttons, n.ID) })
	if i < 0 {
		return node{}, false
	}
	return screen[i], true
}

// stop says why a step must not go on: something stands in front that nothing known
// takes away, or HOME alone did, which took the step's own app away with it. Before
// the first step nothing was to be in front, nor after the step home.
func (s *Sighting) stop(m Moment) error {
	left := "nothing that may be pressed took a dialog away"
	switch {
	case s.Answer == byHome && m.Action.Verb != "" && m.Action.Verb != "home":
		left = "HOME alone left a dialog"
	case s.Answer != stays:
		return nil
	}
	return &Unmet{
		Expected: "nothing in front",
		Seen: fmt.Sprintf("%s (%s), and the step stops; it is kept in %s; its window: %s",
			left, s.Kind, strings.Join(s.Kept, ", "), quoted(s.Window)),
	}
}

// journalRefusal enters how the target's permissions stand, and the marks that a
// refusal is about to leave on them, with what wipes them out where the release can.
func (w *Watcher) journalRefusal(ctx context.Context, h Handset, pkg android.Package, screen []node) error {
	if pkg == "" {
		return nil
	}
	before, err := permissionsOf(ctx, h, pkg)
	if unmet(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := holdPermissions(ctx, h, pkg, before); err != nil {
		return err
	}
	d, _ := dialogOn(screen)
	asked := d.asks()
	for _, p := range before.open(before.requested) {
		if !askable(p) || asked != nil && !slices.Contains(asked, p) {
			continue
		}
		if undo := unmark(h, pkg, p, before.runtime[p]); undo != nil {
			if err := h.Change(ctx, fmt.Sprintf("%s: a dialog may mark %s as refused", pkg, p), undo...); err != nil {
				return err
			}
		}
	}
	return nil
}

// awaits says whether the dialog is the one that the step answers. One that cannot
// be read is not.
func (a answer) awaits(d dialog) bool {
	asks := d.asks()
	return slices.ContainsFunc(a.permissions, func(p android.Permission) bool { return slices.Contains(asks, p) })
}

// awaits says whether the step waits for any such dialog.
func (w waitFor) awaits(dialog) bool { return w.dialog }

// names are the packages whose windows a step opens or waits for: what they show
// is the scenario's own business.
func (l launch) names() []android.Package { return []android.Package{l.pkg} }

func (m match) names() []android.Package {
	pkg, _, _ := strings.Cut(m.id, ":id/")
	return []android.Package{android.Package(m.pkg), android.Package(pkg)}
}
