package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/harness/android"
)

// Watcher sees the dialogs that come up while a scenario is played, whatever
// asked for them. Of each it has a picture taken, and gives the answer that the
// scenario declares, or backs out. It agrees to nothing.
//
// It asks for the focus first, which is cheap, and looks at the screen only where
// the window is neither the scenario's own nor the launcher's.
type Watcher struct {
	Declared []Dialog
	Own      []android.Package // that the scenario names: what they show is its own business
	Evidence Evidence

	home    android.Package // empty: not asked yet, or not known
	asked   bool
	free    bool            // a step since the last launch may have opened anything
	settled focus           // the window in front that has been dealt with
	opened  map[string]bool // windows that are no dialogs, by name
	seen    int
}

// Evidence takes the captures that a dialog is recorded with.
type Evidence interface {
	// Screen has the views on the screen recorded, and gives what uiautomator
	// printed, and where it is kept.
	Screen(ctx context.Context) (text, kept string, err error)
	// Picture has a picture of the screen recorded, and says where it is kept.
	Picture(ctx context.Context) (kept string, err error)
}

// Moment is where a scenario stands when the watcher looks.
type Moment struct {
	Target Target
	Action Action          // the step that is being played, or just was; zero: none yet
	During bool            // it is being played
	Aimed  android.Package // the app that it was aimed at, once it is over
	Ahead  []Action        // the steps that are not over
}

// Sighting is a dialog that was seen.
type Sighting struct {
	Kind     string
	Window   string          // its name
	Package  android.Package // whose views it shows, or whose window it is
	IDs      []string        // resource-ids on it, the first few
	Answer   string          // what was done: back, deny, leave …; stays: nothing that may be done took it away
	Declared bool            // the scenario says what to answer
	Kept     []string        // where Evidence keeps what was recorded of it

	known signature // what is known of its window
}

func (s *Sighting) keep(where string) {
	if where != "" {
		s.Kept = append(s.Kept, where)
	}
}

// Bounds of watching: a handset that shows one dialog after another costs its
// own job only.
const (
	mostAtOnce  = 3  // dialogs of one look
	mostSeen    = 20 // of one attempt
	mostOpened  = 200
	mostIDs     = 12              // told of one
	dialogLeave = 5 * time.Second // until a dialog that was answered is gone
)

// ErrBlind is wrapped by the error of a look at which nothing could be seen: what
// stood in front then is not known.
var ErrBlind = errors.New("what stood in front is not known")

// NewWatcher gives the watcher of one scenario on its targets.
func NewWatcher(s Scenario, e Evidence) *Watcher {
	w := &Watcher{Declared: s.Dialogs, Evidence: e, free: true, opened: map[string]bool{}}
	for _, a := range append(slices.Clone(s.Steps), s.Finally...) {
		if named, ok := a.Step.(interface{ names() []android.Package }); ok {
			w.Own = append(w.Own, named.names()...)
		}
	}
	return w
}

// Look deals with what stands in front now.
func (w *Watcher) Look(ctx context.Context, h Handset, m Moment) ([]Sighting, error) {
	if i, ok := m.Action.Step.(idle); ok && i.dark && m.During {
		return nil, nil // the screen is to stay off
	}
	w.note(m)
	seen, dark := w.wake(ctx, h, m)
	if dark != nil && !errors.Is(dark, ErrBlind) {
		return nil, dark
	}
	all, err := w.each(ctx, h, m, seen)
	if err == nil {
		err = dark
	}
	return all, err
}

// each deals with one dialog after another. What dumpsys window has said just now
// tells of the first.
func (w *Watcher) each(ctx context.Context, h Handset, m Moment, seen string) ([]Sighting, error) {
	var all []Sighting
	for range mostAtOnce {
		if w.seen >= mostSeen || len(w.opened) >= mostOpened {
			return all, fmt.Errorf("%w: after %d dialogs and %d other windows no more are looked at", ErrBlind, w.seen, len(w.opened))
		}
		s, err := w.meet(ctx, h, m, seen)
		seen = ""
		if s != nil {
			w.seen++
			all = append(all, *s)
		}
		if err != nil || s == nil || s.Answer == leave || s.Answer == stays {
			return all, err
		}
	}
	return all, nil
}

// note keeps whether what is in front may have been opened by the steps.
func (w *Watcher) note(m Moment) {
	switch m.Action.Verb {
	case "back", "key", "shell", "swipe", "tap", "type":
		w.free = true
	case "home", "launch", "stop":
		w.free = false
	case "answer":
		w.settled = focus{} // the next question comes in the same window
	}
}

// meet deals with the window that has the focus. It gives nothing where that is
// no dialog, or one that has been dealt with.
func (w *Watcher) meet(ctx context.Context, h Handset, m Moment, seen string) (*Sighting, error) {
	var err error
	f, ok := parseFocus(seen)
	if f.name == "" { // or the dump broke off before it came to the window
		f, ok, err = focused(ctx, h)
	}
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("%w: dumpsys window names no window that has the focus", ErrBlind)
	case f.name == "" || f.same(w.settled) || w.opened[f.name]:
		return nil, nil
	case f.shade():
		return w.atLock(ctx, h, m, f)
	}
	known := signed(f)
	if known.kind != "permission" && f.pkg != "" && w.owns(m, f.pkg) || f.pkg != "" && f.pkg == m.Target.Package {
		return nil, nil
	}
	if known.kind == "" {
		if home, err := w.launcher(ctx, h); err != nil || home == f.pkg && home != "" {
			return nil, err
		}
	}
	return w.deal(ctx, h, m, f, known)
}

func (w *Watcher) owns(m Moment, pkg android.Package) bool {
	return pkg == m.Aimed || slices.Contains(w.Own, pkg)
}

// launcher asks once what the home screen is.
func (w *Watcher) launcher(ctx context.Context, h Handset) (android.Package, error) {
	if w.asked {
		return w.home, nil
	}
	q := &query{h: h}
	home, _ := findRole("home")
	t, err := q.holder(ctx, home.holder)
	if err == nil && t.Package == "" {
		t, err = q.answering(ctx, home.intents)
	}
	if err != nil {
		return "", err
	}
	w.home, w.asked = t.Package, true
	return w.home, nil
}

// atLock takes a lock screen away that came up: unasked, but after a step that
// turns the screen off.
func (w *Watcher) atLock(ctx context.Context, h Handset, m Moment, f focus) (*Sighting, error) {
	showing, err := locked(ctx, h)
	if err != nil || !showing {
		return nil, err
	}
	s := &Sighting{Kind: keyguardKind, Window: f.name, Answer: "unlock", Declared: m.Action.Verb == "idle" || m.Action.Verb == "key"}
	picture, err := w.Evidence.Picture(ctx)
	if s.keep(picture); err != nil {
		return s, err
	}
	err = unlock(ctx, h)
	if errors.Is(err, ErrLocked) {
		s.Answer = stays
	}
	return s, err
}

// deal looks at the screen, and says what the window is and what was done.
func (w *Watcher) deal(ctx context.Context, h Handset, m Moment, f focus, known signature) (*Sighting, error) {
	screen, views, err := w.screen(ctx)
	if err != nil && !errors.Is(err, errNoScreen) {
		return nil, err
	}
	if known.kind == "" {
		if known = w.sort(m, f, screen); known.kind == "" {
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrBlind, err)
			}
			w.opened[f.name] = true
			return nil, nil
		}
	}
	s := &Sighting{Kind: known.kind, Window: f.name, Package: f.pkg, IDs: ids(screen), known: known}
	if s.Package == "" {
		s.Package = owner(screen)
	}
	w.settled = f
	picture, err := w.Evidence.Picture(ctx)
	s.keep(picture)
	s.keep(views)
	if err != nil {
		return s, err
	}
	ways, still := w.ways(h, m, s, screen)
	if s.Answer, err = w.answer(ctx, h, met{m, f, s}, ways, still); err != nil {
		return s, err
	}
	return s, s.stop(m)
}

// sort says what kind of dialog a window is that no signature knows, or that it
// is none: something the steps have opened, or a menu.
func (w *Watcher) sort(m Moment, f focus, screen []node) signature {
	pkg := f.pkg
	if pkg == "" {
		pkg = owner(screen)
	}
	_, asks := dialogOn(screen)
	switch {
	case pkg == "" || w.owns(m, pkg) || pkg == m.Target.Package:
		return signature{}
	case asks:
		return signed(focus{pkg: pkg, class: askingClass})
	case shaped(screen):
		return signature{kind: unknownKind}
	case w.free || m.Action.Verb == "home" || f.pkg == "":
		return signature{}
	}
	return signature{kind: unknownKind}
}

// askingClass is of the dialog whose buttons a maker's own permission dialog has.
const askingClass = "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"

// screen is what stands on the screen, as it was recorded.
func (w *Watcher) screen(ctx context.Context) (nodes []node, kept string, err error) {
	raw, kept, err := w.Evidence.Screen(ctx)
	if err != nil {
		return nil, kept, err
	}
	from, to := strings.Index(raw, "<?xml"), strings.LastIndex(raw, "</hierarchy>")
	if from < 0 || to < from {
		return nil, kept, errNoScreen
	}
	nodes, err = parseScreen(strings.NewReader(raw[from : to+len("</hierarchy>")]))
	if err != nil {
		return nil, kept, fmt.Errorf("%w: %w", errNoScreen, err)
	}
	return nodes, kept, nil
}

// ways are how the dialog may be answered: as declared, or out of it; and what is
// said of it where none of them helps. One that a later step answers is left to
// that, and so is a window that a launch opened in another package's name: BACK
// would leave what was launched.
func (w *Watcher) ways(h Handset, m Moment, s *Sighting, screen []node) (ways []way, still string) {
	if d, _ := dialogOn(screen); s.Kind == "permission" {
		switch {
		case awaited(m.Ahead, d):
			s.Declared = true
			return nil, leave
		case d.asks() == nil && slices.ContainsFunc(m.Ahead, func(a Action) bool { _, is := a.Step.(answer); return is }):
			return nil, leave // the step says that it cannot read it
		}
	}
	k, _ := kindNamed(s.Kind)
	for _, d := range w.Declared {
		if d.Kind != s.Kind {
			continue
		}
		if s.Declared = true; d.Answer == leave {
			return nil, leave
		}
		return k.waysOut(h.SDK(), s.known, d.Answer), stays
	}
	if s.Kind == unknownKind && s.known.source == "" && m.Action.Verb == "launch" && !shaped(screen) {
		return nil, leave
	}
	return k.waysOut(h.SDK(), s.known, k.out...), stays
}

// awaited says whether a step that is not over is about this permission dialog.
func awaited(ahead []Action, d dialog) bool {
	return slices.ContainsFunc(ahead, func(a Action) bool {
		step, ok := a.Step.(interface{ awaits(dialog) bool })
		return ok && step.awaits(d)
	})
}

// owner is the package whose views are on the screen.
func owner(screen []node) android.Package {
	for _, n := range screen {
		if n.Package != "" && validPackage(n.Package) {
			return android.Package(n.Package)
		}
	}
	return ""
}

// ids are the first of the resource-ids on a screen.
func ids(screen []node) []string {
	var all []string
	for _, n := range screen {
		if n.ID != "" && len(n.ID) <= 200 && len(all) < mostIDs && !slices.Contains(all, n.ID) {
			all = append(all, n.ID)
		}
	}
	return all
}
