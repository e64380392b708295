package stand

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
)

// login becomes the administrator with the password that Argo CD made up, and makes tokens for the accounts.
func (a *ArgoCD) login(ctx context.Context) error {
	var secret struct {
		Data struct {
			Password string `json:"password"`
		} `json:"data"`
	}
	if err := a.cluster.do(ctx, http.MethodGet, "/api/v1/namespaces/argocd/secrets/argocd-initial-admin-secret", nil, &secret); err != nil {
		return err
	}
	password, err := base64.StdEncoding.DecodeString(secret.Data.Password)
	if err != nil {
		return err
	}
	var answer struct {
		Token string `json:"token"`
	}
	if err := a.Call(ctx, "", http.MethodPost, "/api/v1/session", map[string]string{"username": "admin", "password": string(password)}, &answer); err != nil {
		return err
	}
	a.Admin = answer.Token
	for name, token := range map[string]*string{AccountName: &a.Account, lookerName: &a.Looker} {
		if err := a.Call(ctx, a.Admin, http.MethodPost, "/api/v1/account/"+name+"/token", map[string]string{"name": name}, &answer); err != nil {
			return err
		}
		*token = answer.Token
	}
	return nil
}

// Call asks Argo CD's API something with a token, sends body as JSON where there is one, and decodes the answer where one is
// wanted. An answer that is no success is a StatusError.
func (a *ArgoCD) Call(ctx context.Context, token, method, path string, body, answer any) error {
	if token != "" {
		token = "Bearer " + token
	}
	return call(ctx, a.URL+path, token, method, body, answer)
}

// Application is what tests look at of one.
type Application struct {
	Spec struct {
		Source struct {
			TargetRevision string `json:"targetRevision"`
		} `json:"source"`
	} `json:"spec"`
	Operation *struct {
		Sync struct {
			Revision string `json:"revision"`
		} `json:"sync"`
	} `json:"operation"`
	Status struct {
		ReconciledAt string `json:"reconciledAt"`
		Sync         struct {
			Status     string `json:"status"`
			Revision   string `json:"revision"`
			ComparedTo struct {
				Source struct {
					TargetRevision string `json:"targetRevision"`
				} `json:"source"`
			} `json:"comparedTo"`
		} `json:"sync"`
		Health struct {
			Status string `json:"status"`
		} `json:"health"`
		Summary struct {
			Images []string `json:"images"`
		} `json:"summary"`
		OperationState *struct {
			Phase      string `json:"phase"`
			Message    string `json:"message"`
			RetryCount int    `json:"retryCount"`
			Operation  struct {
				InitiatedBy struct {
					Username  string `json:"username"`
					Automated bool   `json:"automated"`
				} `json:"initiatedBy"`
			} `json:"operation"`
		} `json:"operationState"`
		History []struct {
			ID              int64  `json:"id"`
			Revision        string `json:"revision"`
			DeployStartedAt string `json:"deployStartedAt"`
		} `json:"history"`
	} `json:"status"`
}

// Application reads one as the administrator.
func (a *ArgoCD) Application(ctx context.Context, name string) (Application, error) {
	var x Application
	return x, a.Call(ctx, a.Admin, http.MethodGet, "/api/v1/applications/"+name, nil, &x)
}

// Image is the first image of a live Deployment in the namespace shop: what would be running.
func (a *ArgoCD) Image(ctx context.Context, name string) (string, error) {
	var d deployment
	if err := a.cluster.do(ctx, http.MethodGet, "/apis/apps/v1/namespaces/shop/deployments/"+name, nil, &d); err != nil {
		return "", err
	}
	if c := d.Spec.Template.Spec.Containers; len(c) > 0 {
		return c[0].Image, nil
	}
	return "", fmt.Errorf("deployment %s has no container", name)
}

// Declare creates an application.
func (a *ArgoCD) Declare(ctx context.Context, d Declared) error {
	return a.cluster.create(ctx, "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications", d.YAML())
}
