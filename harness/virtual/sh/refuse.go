package sh

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// braceSequence is {1..3}, which is none in mksh.
var braceSequence = regexp.MustCompile(`\{([^{},]*\.\.[^{},]*)\}`)

// unsettable are variables that the interpreter would believe.
var unsettable = map[string]bool{"OLDPWD": true, "PIPESTATUS": true, "PWD": true, "SECONDS": true}

var errNoCoprocess = errors.New("syntax error: co-processes are not supported")

// refuseAll finds the first thing in a script that mksh does not have, or that the
// interpreter would do wrongly without a word. mksh finds some of it only when it
// comes to that place.
func refuseAll(file *syntax.File) error {
	var refused error
	splits, separators := false, false
	syntax.Walk(file, func(n syntax.Node) bool {
		if refused == nil {
			refused = refuseNode(n)
		}
		switch n := n.(type) {
		case *syntax.CallExpr:
			splits = splits || splitsWords(n.Args)
			separators = separators || len(n.Args) == 0 && setsSeparators(n.Assigns)
		case *syntax.WordIter:
			splits = splits || splitsWords(n.Items)
		}
		return refused == nil
	})
	if refused == nil && splits && separators {
		return errors.New("IFS: this shell splits words at white space only")
	}
	return refused
}

func refuseNode(n syntax.Node) error {
	switch n := n.(type) {
	case *syntax.ProcSubst:
		return fmt.Errorf("syntax error: unexpected '%s'", n.Op)
	case *syntax.CoprocClause:
		return errNoCoprocess
	case *syntax.Stmt:
		if n.Coprocess {
			return errNoCoprocess
		}
	case *syntax.IfClause:
		if n.Position.IsValid() && len(n.Then) == 0 {
			return errors.New("syntax error: unexpected ';'")
		}
	case *syntax.WhileClause:
		if len(n.Cond) == 0 || len(n.Do) == 0 {
			return errors.New("syntax error: unexpected ';'")
		}
	case *syntax.ParamExp:
		return refuseParameter(n)
	case *syntax.Assign:
		if n.Name != nil && unsettable[n.Name.Value] {
			return fmt.Errorf("%s: this shell does not let it be set", n.Name.Value)
		}
	case *syntax.BinaryTest:
		if n.Op == syntax.TsDevIno {
			return fmt.Errorf("%s: this shell does not compare files", n.Op)
		}
	case *syntax.BinaryArithm:
		return refuseOperation(n)
	case *syntax.UnaryArithm:
		if (n.Op == syntax.Inc || n.Op == syntax.Dec) && variable(n.X) == "" {
			return fmt.Errorf("%s needs a variable", n.Op)
		}
	case *syntax.LetClause:
		for _, x := range n.Exprs {
			if w, ok := x.(*syntax.Word); ok && w.Lit() == "" {
				return errors.New("let: this shell takes no quoted expression")
			}
		}
	}
	return nil
}

func refuseParameter(n *syntax.ParamExp) error {
	if n.Param == nil {
		return nil
	}
	name := n.Param.Value
	_, errNumber := strconv.Atoi(name)
	switch {
	case name == "PIPESTATUS":
		return errors.New("PIPESTATUS: this shell keeps the last status only")
	case n.Excl && n.Index == nil && n.Names == 0, n.Slice != nil && (name == "@" || name == "*"):
		return fmt.Errorf("${%s}: bad substitution", name)
	case errNumber == nil && len(name) > 1 && !beyondNine(n):
		return fmt.Errorf("${%s}: this shell only takes it as it is", name)
	case n.Repl != nil && !n.Repl.All && anchored(n.Repl.Orig):
		return fmt.Errorf("${%s/#}: this shell has no anchors", name)
	}
	return nil
}

// anchored says whether the pattern of ${x/pattern/} is bound to an end.
func anchored(pattern *syntax.Word) bool {
	if pattern == nil || len(pattern.Parts) == 0 {
		return false
	}
	l, ok := pattern.Parts[0].(*syntax.Lit)
	return ok && (strings.HasPrefix(l.Value, "#") || strings.HasPrefix(l.Value, "%"))
}

// refuseOperation refuses ** and an assignment to anything but a plain variable.
func refuseOperation(n *syntax.BinaryArithm) error {
	switch n.Op {
	case syntax.Pow, syntax.PowAssgn:
		return errors.New("unexpected '*'")
	case syntax.Assgn:
	default:
		if _, ok := assigning[n.Op]; !ok {
			return nil
		}
	}
	if variable(n.X) == "" {
		return errors.New("this shell assigns to plain variables only")
	}
	return nil
}

// plain says whether a parameter stands there with nothing done to it.
func plain(n *syntax.ParamExp) bool {
	return !n.Excl && !n.Length && !n.Width && n.Index == nil && n.Slice == nil && n.Repl == nil && n.Names == 0 && n.Exp == nil
}

// beyondNine says whether a parameter is ${10} or a later one, as it is.
func beyondNine(n *syntax.ParamExp) bool {
	_, err := strconv.Atoi(n.Param.Value)
	return err == nil && len(n.Param.Value) > 1 && plain(n)
}

// splitsWords says whether what an expansion gives would be split into words.
func splitsWords(words []*syntax.Word) bool {
	for _, w := range words {
		for _, part := range w.Parts {
			switch part.(type) {
			case *syntax.ParamExp, *syntax.CmdSubst:
				return true
			}
		}
	}
	return false
}

// setsSeparators says whether IFS is made to hold more than white space.
func setsSeparators(assigns []*syntax.Assign) bool {
	for _, a := range assigns {
		if a.Name.Value != "IFS" || a.Value == nil || len(a.Value.Parts) == 0 {
			continue
		}
		text := "?" // not known before it runs
		switch q := a.Value.Parts[0].(type) {
		case *syntax.Lit:
			text = q.Value
		case *syntax.SglQuoted:
			text = q.Value
		case *syntax.DblQuoted:
			if len(q.Parts) == 0 {
				text = ""
			}
		}
		if len(a.Value.Parts) > 1 || strings.Trim(text, " \t\n\\nt") != "" {
			return true
		}
	}
	return false
}

// makesReadOnly says whether a script makes variables read-only.
func makesReadOnly(file *syntax.File) bool {
	found := false
	syntax.Walk(file, func(n syntax.Node) bool {
		if d, ok := n.(*syntax.DeclClause); ok {
			found = found || d.Variant.Value == "readonly"
			for _, a := range d.Args {
				found = found || a.Name == nil && a.Value != nil && strings.HasPrefix(a.Value.Lit(), "-") && strings.Contains(a.Value.Lit(), "r")
			}
		}
		return !found
	})
	return found
}

// endsOtherwise says whether an action gives an exit status, which the interpreter does
// not take from what is done at the end.
func endsOtherwise(action string) bool {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).Parse(strings.NewReader(action), "")
	if err != nil {
		return false
	}
	found := false
	syntax.Walk(file, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 {
			found = found || c.Args[0].Lit() == "exit"
		}
		return !found
	})
	return found
}
