package stand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Nodes are the machines that the cluster has not: they say of each Deployment what a controller and kubelets would, without
// running anything. A new one is taken up, and after Settle all its replicas are available; one whose image crashes has none,
// and after Settle has exceeded its progress deadline.
type Nodes struct {
	Settle time.Duration

	c       *cluster
	mu      sync.Mutex
	crashes map[string]bool
	held    map[string]bool
	taken   map[string]time.Time // by object and generation
}

// Crash says that containers of an image, as "registry.example/shop:1.2.0", never come up.
func (n *Nodes) Crash(image string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.crashes[image] = true
}

// Hold lets containers of an image take as long as they like to come up, until Release.
func (n *Nodes) Hold(image string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.held[image] = true
}

// Release lets containers of an image come up that were held.
func (n *Nodes) Release(image string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.held, image)
}

// deployment is what nodes look at of a Deployment.
type deployment struct {
	Metadata struct {
		Name       string `json:"name"`
		Namespace  string `json:"namespace"`
		UID        string `json:"uid"`
		Generation int64  `json:"generation"`
	} `json:"metadata"`
	Spec struct {
		Replicas int `json:"replicas"`
		Template struct {
			Spec struct {
				Containers []struct {
					Image string `json:"image"`
				} `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
	Status status `json:"status"`
}

type status struct {
	ObservedGeneration int64       `json:"observedGeneration"`
	Replicas           int         `json:"replicas"`
	UpdatedReplicas    int         `json:"updatedReplicas"`
	AvailableReplicas  int         `json:"availableReplicas"`
	ReadyReplicas      int         `json:"readyReplicas"`
	Conditions         []condition `json:"conditions"`
}

type condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// run looks after all Deployments until ctx is done.
func (n *Nodes) run(ctx context.Context) {
	for ctx.Err() == nil {
		_ = Await(ctx, "for the next look", func(ctx context.Context) (bool, error) { return false, n.look(ctx) })
	}
}

// look brings the status of each Deployment to where it should be now.
func (n *Nodes) look(ctx context.Context) error {
	var list struct {
		Items []deployment `json:"items"`
	}
	if err := n.c.do(ctx, http.MethodGet, "/apis/apps/v1/deployments", nil, &list); err != nil {
		return err
	}
	var faults []error
	for _, d := range list.Items {
		want := n.status(d)
		if fmt.Sprint(want) == fmt.Sprint(d.Status) {
			continue
		}
		patch, err := json.Marshal(map[string]status{"status": want})
		if err == nil {
			path := "/apis/apps/v1/namespaces/" + d.Metadata.Namespace + "/deployments/" + d.Metadata.Name + "/status"
			err = n.c.do(ctx, http.MethodPatch, path, patch, nil)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// status is what a Deployment's status should be.
func (n *Nodes) status(d deployment) status {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := fmt.Sprint(d.Metadata.UID, "/", d.Metadata.Generation)
	since, known := n.taken[key]
	if !known {
		since = time.Now()
		n.taken[key] = since
	}
	settled, good := time.Since(since) >= n.Settle, true
	var images []string
	for _, c := range d.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
		good = good && !n.crashes[c.Image]
		settled = settled && !n.held[c.Image]
	}
	all := d.Spec.Replicas
	s := status{ObservedGeneration: d.Metadata.Generation, Replicas: all}
	switch {
	case settled && good:
		s.UpdatedReplicas, s.AvailableReplicas, s.ReadyReplicas = all, all, all
		s.Conditions = []condition{{"Progressing", "True", "NewReplicaSetAvailable", "all replicas are available"}}
	case settled:
		s.UpdatedReplicas = all
		s.Conditions = []condition{{"Progressing", "False", "ProgressDeadlineExceeded", strings.Join(images, ", ") + " has timed out progressing."}}
	default:
		s.Conditions = []condition{{"Progressing", "True", "ReplicaSetUpdated", "replicas are being updated"}}
	}
	return s
}
