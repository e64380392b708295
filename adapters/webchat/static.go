package webchat

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
)

//go:embed static/*
var staticFiles embed.FS

// staticPath changes with what is under it, so browsers keep the parts for as long as they like.
var staticPath = "/static/" + digest(staticFiles) + "/"

var static = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.StripPrefix(staticPath, http.FileServerFS(staticRoot())).ServeHTTP(w, r)
})

func favicon(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, staticRoot(), "icon.svg")
}

func staticRoot() fs.FS {
	root, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return root
}

func digest(files fs.FS) string {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		h.Write([]byte(path))
		h.Write(b)
		return err
	})
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
