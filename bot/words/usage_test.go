package words

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module   = "github.com/gonogo-chat/gonogo"
	root     = "../.."
	chatPath = module + "/bot/chat"
)

// usage is what the sources of the repository say, found by type-checking them: every constant of type chat.Code,
// wherever it stands.
type usage struct {
	codes    map[string]token.Position  // constants, and concatenations whose values can be listed
	prefixes map[string]token.Position  // of codes put together while running
	calls    map[string][]call          // sentences with their arguments' names, where both are literal
	packages map[string]*types.Package  // checked, by path
	folders  map[string]map[string]bool // codes by the folder that uses them
	joined   map[ast.Expr]bool          // constants that are only the beginning of a code
	fset     *token.FileSet
}

// call is one sentence built in the sources.
type call struct {
	args map[string]bool
	at   token.Position
}

// Import gives type checking the repository's own packages, and empty ones for all others: what depends on those is
// left unchecked, which hides no code.
func (u *usage) Import(p string) (*types.Package, error) {
	if pkg, ok := u.packages[p]; ok {
		return pkg, nil
	}
	if rest, own := strings.CutPrefix(p, module+"/"); own {
		return u.check(rest)
	}
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	u.packages[p] = pkg
	return pkg, nil
}

func (u *usage) check(folder string) (*types.Package, error) {
	p := module + "/" + filepath.ToSlash(folder)
	if pkg, ok := u.packages[p]; ok {
		return pkg, nil
	}
	found, err := build.ImportDir(filepath.Join(root, folder), 0)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		f, err := parser.ParseFile(u.fset, filepath.Join(root, folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: u, Error: func(error) {}}
	pkg, _ := conf.Check(p, u.fset, files, info)
	u.packages[p] = pkg
	// Suites that other packages' tests run say things of their own.
	if p != module+"/bot/words" && !slices.Contains(found.Imports, "testing") {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool { u.visit(folder, info, n); return true })
		}
	}
	return pkg, nil
}

func (u *usage) visit(folder string, info *types.Info, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok {
		return
	}
	tv := info.Types[e]
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD && tv.Value == nil && isCode(tv.Type) {
		u.made(folder, info, sum)
		return
	}
	if tv.Value != nil && isCode(tv.Type) && !u.joined[e] {
		u.use(folder, constant.StringVal(tv.Value), e)
		return
	}
	c, ok := e.(*ast.CallExpr)
	if !ok {
		return
	}
	if fun := info.Types[c.Fun]; fun.IsType() && isCode(fun.Type) && len(c.Args) == 1 {
		u.made(folder, info, c.Args[0])
	}
	u.sentence(info, c)
}

func (u *usage) use(folder, code string, e ast.Expr) {
	if code == "" {
		return
	}
	if u.folders[folder] == nil {
		u.folders[folder] = map[string]bool{}
	}
	u.folders[folder][code] = true
	u.codes[code] = u.fset.Position(e.Pos())
}

// made notes a code put together while running: "prefix" + string(x) stands for one code per constant of x's type,
// anything else for every code with the prefix.
func (u *usage) made(folder string, info *types.Info, e ast.Expr) {
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		return
	}
	left := info.Types[sum.X]
	if left.Value == nil || left.Value.Kind() != constant.String {
		u.made(folder, info, sum.X)
		return
	}
	prefix := constant.StringVal(left.Value)
	u.joined[sum.X] = true
	if conv, ok := sum.Y.(*ast.CallExpr); ok && len(conv.Args) == 1 && info.Types[conv.Fun].IsType() {
		if named, ok := info.Types[conv.Args[0]].Type.(*types.Named); ok && named.Obj().Pkg() != nil {
			if values := constants(named); len(values) > 0 {
				for _, v := range values {
					u.use(folder, prefix+v, e)
				}
				return
			}
		}
	}
	u.prefixes[prefix] = u.fset.Position(e.Pos())
}

// constants lists the values of a string type's constants, the empty one left out.
func constants(named *types.Named) []string {
	var values []string
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && types.Identical(c.Type(), named) && c.Val().Kind() == constant.String && constant.StringVal(c.Val()) != "" {
			values = append(values, constant.StringVal(c.Val()))
		}
	}
	return values
}

// sentence notes the names of the arguments that a call gives a code, if all of them can be read off.
func (u *usage) sentence(info *types.Info, c *ast.CallExpr) {
	switch chatFunc(info, c.Fun) {
	case "Say", "Refuse", "Reject":
	default:
		return
	}
	if len(c.Args) == 0 || c.Ellipsis.IsValid() {
		return
	}
	code := info.Types[c.Args[0]]
	if code.Value == nil {
		return
	}
	found := call{args: map[string]bool{}, at: u.fset.Position(c.Pos())}
	for _, a := range c.Args[1:] {
		made, ok := a.(*ast.CallExpr)
		if !ok || chatFunc(info, made.Fun) == "" || len(made.Args) == 0 {
			return
		}
		name := info.Types[made.Args[0]]
		if name.Value == nil || name.Value.Kind() != constant.String {
			return
		}
		found.args[constant.StringVal(name.Value)] = true
	}
	u.calls[constant.StringVal(code.Value)] = append(u.calls[constant.StringVal(code.Value)], found)
}

// chatFunc is the name of the function of package chat that an expression names, else empty.
func chatFunc(info *types.Info, e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if f, ok := info.Uses[sel.Sel].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == chatPath {
		return f.Name()
	}
	return ""
}

func isCode(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && named.Obj().Name() == "Code" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == chatPath
}

// survey reads every package of the repository.
func survey(t *testing.T) *usage {
	t.Helper()
	u := &usage{
		codes: map[string]token.Position{}, prefixes: map[string]token.Position{}, calls: map[string][]call{},
		joined: map[ast.Expr]bool{}, packages: map[string]*types.Package{}, folders: map[string]map[string]bool{}, fset: token.NewFileSet(),
	}
	for _, top := range []string{"bot", "state", "commands", "config", "adapters", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			switch {
			case os.IsNotExist(err):
				return nil
			case err != nil:
				return err
			case !d.IsDir():
				return nil
			case d.Name() == "testdata":
				return fs.SkipDir
			}
			folder, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			if _, err := u.check(folder); err != nil {
				if _, none := err.(*build.NoGoError); !none {
					return fmt.Errorf("%s: %w", folder, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return u
}
