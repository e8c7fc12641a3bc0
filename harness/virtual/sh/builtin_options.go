package sh

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"assay/harness/virtual/disk"
)

// replaceSet does what the interpreter's set does not: it lists, makes arrays, minds -C.
func replaceSet(s *shell, _ interp.HandlerContext, args []string) ([]string, error) {
	if len(args) == 1 {
		return []string{Own + "variables", "set", "values"}, nil
	}
	if args[1] == "-A" && len(args) > 2 && syntax.ValidName(args[2]) {
		return []string{"eval", args[2] + "=(" + quoteAll(args[3:]) + ")"}, nil
	}
	clobbers := ""
	switch strings.Join(args[1:], " ") {
	case "-C", "-o noclobber":
		clobbers = "1"
	case "+C", "+o noclobber":
	default:
		return s.checkSet(args)
	}
	return []string{"eval", ownNoClobber + "=" + clobbers}, nil
}

// replaceShift is called with the number of parameters before its own argument.
func replaceShift(s *shell, _ interp.HandlerContext, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	have, errHave := constant(args[1])
	want, err := int32(1), error(nil)
	if len(args) > 2 {
		want, err = constant(args[2])
	}
	if errHave != nil || err != nil || want < 0 {
		return s.fail("shift: bad number")
	}
	if want > have {
		return s.fail("shift: nothing to shift")
	}
	return append([]string{"shift"}, args[2:]...), nil
}

// replaceTrap parses what is to be done, and keeps what is to be done at signals: none
// comes but what the shell sends itself.
func replaceTrap(s *shell, _ interp.HandlerContext, args []string) ([]string, error) {
	if len(args) < 3 {
		return args, nil
	}
	action := args[1]
	if action != "-" && action != "" {
		var err error
		if action, err = s.reparse(action); err != nil {
			return s.complain("%v", err)
		}
	}
	pass := []string{"trap", action}
	for _, name := range args[2:] {
		switch number, ok := SignalNumber(name); {
		case (name == "EXIT" || ok && number == 0) && endsOtherwise(args[1]):
			return s.complain("trap: this shell takes no exit status from what is done at its end")
		case name == "EXIT" || ok && number == 0:
			pass = append(pass, "EXIT")
		case name == "ERR":
			pass = append(pass, name)
		case !ok:
			return s.complain("trap: %s: bad signal", name)
		default:
			s.mu.Lock()
			if s.traps[number] = action; action == "-" {
				delete(s.traps, number)
			}
			s.mu.Unlock()
		}
	}
	if len(pass) == 2 {
		return []string{":"}, nil
	}
	return pass, nil
}

func replaceUmask(s *shell, hc interp.HandlerContext, args []string) ([]string, error) {
	if len(args) == 1 || args[1] == "-S" {
		return append([]string{Own + "umask"}, args[1:]...), nil
	}
	mask := uint32(umaskOf(hc.Env.Get(ownUmask).String()))
	if strings.Trim(args[1], "0123456789") == "" {
		n, err := disk.ParseMode(0, args[1])
		if err != nil {
			return s.complain("umask: bad number")
		}
		mask = n & 0o777
	} else {
		n, err := disk.ParseMode(0o777&^mask, args[1])
		if err != nil {
			return s.complain("umask: bad mask")
		}
		mask = 0o777 &^ n
	}
	return []string{"eval", fmt.Sprintf("%s=%o", ownUmask, mask)}, nil
}

// replaceUnset refuses read-only variables, which the interpreter does not for all.
func replaceUnset(s *shell, hc interp.HandlerContext, args []string) ([]string, error) {
	for _, name := range args[1:] {
		if hc.Env.Get(name).ReadOnly {
			return s.complain("read-only: %s", name)
		}
	}
	return args, nil
}
