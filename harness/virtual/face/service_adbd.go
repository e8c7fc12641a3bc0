package face

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/sh"
	"assay/harness/virtual/wire"
)

// adbdServices are services of adbd beside the shell, sync: and reverse:, by name
// (adb, daemon/services.cpp). A user build refuses what needs root: it takes the
// service, and says so in its text.
var adbdServices = []struct {
	name  string
	colon bool                                      // it is called with a colon, and arguments behind it
	sdk   int                                       // the first release that has it
	open  func(h Handset, arguments string) serving // nil: refused
}{
	{"abb", true, 29, func(_ Handset, args string) serving { return abb(args) }},
	{"abb_exec", true, 30, func(_ Handset, args string) serving { return abbExec(args) }},
	{"backup", true, 21, unconfirmed},
	{"framebuffer", true, 21, func(Handset, string) serving { return framebuffer }},
	{"jdwp", false, 21, func(Handset, string) serving { return says("") }}, // a user build's apps are not debuggable
	{"jdwp", true, 21, func(Handset, string) serving { return nil }},
	{"reboot", true, 21, func(Handset, string) serving { return reboot }},
	{"reconnect", false, 26, func(Handset, string) serving { return restarts("done") }},
	{"remount", true, 21, remount},
	{"restore", true, 21, unconfirmed},
	{"root", true, 21, func(Handset, string) serving { return says("adbd cannot run as root in production builds\n") }},
	{"spin", false, 29, func(Handset, string) serving { return says("refusing to spin on non-debuggable build\n") }},
	{"tcpip", true, 21, tcpip},
	{"track-app", false, 31, func(Handset, string) serving { return trackNothing }},
	{"track-jdwp", false, 21, func(Handset, string) serving { return trackNothing }},
	{"unroot", true, 21, func(Handset, string) serving { return says("adbd not running as root\n") }},
	{"usb", true, 21, func(Handset, string) serving { return restartsAt("0", "restarting in USB mode\n") }},
}

func says(text string) serving {
	return func(_ context.Context, _ Handset, c *channel) { io.WriteString(c.out, text) }
}

// restarts says something, and loses the connection as adbd starts anew.
func restarts(text string) serving {
	return func(_ context.Context, h Handset, c *channel) {
		io.WriteString(c.out, text)
		h.Faults().Drop()
	}
}

// restartsAt is restarts, with the port that adbd is to listen on
// (daemon/restart_service.cpp).
func restartsAt(port, text string) serving {
	return func(_ context.Context, h Handset, c *channel) {
		h.SetProperty("service.adb.tcp.port", port)
		io.WriteString(c.out, text)
	}
}

func tcpip(_ Handset, arguments string) serving {
	digits := strings.TrimLeft(arguments, " ")
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end > 0 {
		digits = digits[:end] // sscanf reads as far as it can
	}
	port, err := strconv.Atoi(digits)
	switch {
	case err != nil:
		return nil
	case port <= 0:
		return says(fmt.Sprintf("invalid port %d\n", port))
	}
	return restartsAt(strconv.Itoa(port), fmt.Sprintf("restarting in TCP mode port: %d\n", port))
}

// remount is refused: by adbd itself, and since Android 11 because a user build
// has no such program (build/make, base_system.mk: PRODUCT_PACKAGES_DEBUG).
func remount(h Handset, _ string) serving {
	if h.SDK() < 30 {
		return says("Not running as root. Try \"adb root\" first.\n")
	}
	return says("/system/bin/sh: /system/bin/remount: inaccessible or not found\n")
}

// reboot has the handset boot anew.
func reboot(_ context.Context, h Handset, _ *channel) {
	h.Inject(fault.Fault{Kind: fault.Reboot})
}

// trackNothing sends the list of processes that can be debugged, of which a user
// build has none, and then waits for a change until the other side has had enough
// (adb, daemon/jdwp_service.cpp).
func trackNothing(ctx context.Context, _ Handset, c *channel) {
	io.WriteString(c.out, wire.Text(""))
	io.Copy(io.Discard, sh.Cancellable(ctx, c.in))
}

// confirmation is how long a backup waits for its owner to agree on the screen
// (UserBackupManagerService.TIMEOUT_FULL_CONFIRMATION).
const confirmation = time.Minute

// unconfirmed is a backup or restore that nobody agrees to: it ends with nothing.
func unconfirmed(Handset, string) serving {
	return func(ctx context.Context, h Handset, _ *channel) { h.Sleep(ctx, confirmation) }
}

// abb is a command for a service, as cmd takes it, with its words apart by zeros
// and the streams apart as in shell v2 (daemon/abb.cpp, abb_service.cpp).
func abb(arguments string) serving {
	return func(ctx context.Context, h Handset, c *channel) {
		serveShellV2(ctx, c, false, abbRun(h, arguments))
	}
}

// abbExec is abb with nothing but output.
func abbExec(arguments string) serving {
	return func(ctx context.Context, h Handset, c *channel) {
		in, feed := io.Pipe()
		defer in.CloseWithError(io.ErrClosedPipe)
		c.readers.Go(func() {
			io.Copy(untilBroken{feed}, c.in)
			feed.Close()
		})
		abbRun(h, arguments)(ctx, in, c.out, c.out)
	}
}

func abbRun(h Handset, arguments string) func(ctx context.Context, in io.Reader, out, errs io.Writer) int {
	argv := append([]string{"cmd"}, strings.Split(strings.TrimRight(arguments, "\x00"), "\x00")...)
	return func(ctx context.Context, in io.Reader, out, errs io.Writer) int {
		p := &sh.Process{Machine: h, Argv: argv, Stdin: in, Stdout: out, Stderr: errs, Dir: "/",
			Env: func(name string) string { return sh.Environment(h)[name] }}
		run, ok := h.Command(argv)
		if !ok {
			return p.Missing()
		}
		return run(ctx, p)
	}
}

// framebuffer sends the screen: what describes it, and its pixels
// (daemon/framebuffer_service.cpp; the second version, of Android 9, has a colour
// space as its third word).
func framebuffer(ctx context.Context, h Handset, c *channel) {
	width, height, write := h.Framebuffer()
	words := []uint32{1, 32}
	if h.SDK() >= 28 {
		words = []uint32{2, 32, 0}
	}
	words = append(words, uint32(4*width*height), uint32(width), uint32(height), 0, 8, 16, 8, 8, 8, 24, 8)
	if _, err := c.out.Write(wire.Words(words...)); err == nil {
		write(ctx, c.out)
	}
}
