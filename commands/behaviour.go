package commands

import (
	"maps"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
)

// subject is what one subject brings: what people can say about it, and what the bot does about it by itself.
type subject struct {
	commands   []bot.Command
	performers map[effect.Kind]bot.Performer
	guards     map[effect.Kind]bot.Guard
	reactions  map[effect.Kind]bot.Reaction
	timers     map[string]func(*bot.Turn, state.Timer) error
	cards      map[string]bot.CardRenderer
}

// subjects is the catalogue, in the order in which help lists what people can say.
func (p Ports) subjects() []subject {
	return []subject{
		p.releasing(), p.voting(), p.deploying(), p.freezing(),
		p.planningAhead(), p.reporting(), p.training(), p.rehearsing(), p.explainingPolicy(), p.standingIn(),
		p.following(), p.auditing(), p.configuring(), p.describing(), p.introducing(),
	}
}

// Behaviour is everything that the bot can be told and does by itself over these ports.
func (p Ports) Behaviour() bot.Behaviour {
	p.Provenance = patiently(p.Provenance)
	b := bot.Behaviour{
		Performers: map[effect.Kind]bot.Performer{}, Guards: map[effect.Kind]bot.Guard{}, Reactions: map[effect.Kind]bot.Reaction{},
		Timers: map[string]func(*bot.Turn, state.Timer) error{}, Cards: map[string]bot.CardRenderer{},
		Names: newVersions(p.Artifacts).names, ShownOn: shownOn, Enrol: p.enrol, Noticed: p.noticed(), Overlay: p.overlay, Start: p.begin,
	}
	p.ticketPerformers(b.Performers)
	p.runPerformers(b.Performers)
	p.watchPerformers(b.Performers)
	p.pagePerformers(b.Performers)
	p.incidentPerformers(b.Performers)
	p.sourcePerformers(b.Performers)
	p.changePerformers(b.Performers)
	for _, s := range p.subjects() {
		b.Commands = append(b.Commands, s.commands...)
		maps.Copy(b.Performers, s.performers)
		maps.Copy(b.Guards, s.guards)
		maps.Copy(b.Reactions, s.reactions)
		maps.Copy(b.Timers, s.timers)
		maps.Copy(b.Cards, s.cards)
	}
	return b
}

func (p Ports) releasing() subject {
	return subject{
		commands:  []bot.Command{p.releasePlan(), releaseShow(), releaseList(), p.releaseExplain(), releaseCancel()},
		reactions: map[effect.Kind]bot.Reaction{kindTicketOpen: p.ticketOpened, kindTicketItems: itemsFound, kindSource: sourceWasRead},
		cards:     map[string]bot.CardRenderer{letterRelease: releaseCard},
	}
}

func (p Ports) voting() subject {
	return subject{
		commands: []bot.Command{p.vote(), p.voteOpen(), p.voteReaffirm(), p.confirm()},
		timers:   map[string]func(*bot.Turn, state.Timer) error{timerBallotCloses: ballotCloses, timerBallotRemind: ballotRemind},
		cards:    map[string]bot.CardRenderer{letterBallot: ballotCard},
	}
}

func (p Ports) deploying() subject {
	return subject{
		commands:  []bot.Command{p.deploy(), p.rollback(), deployCancel(), deployResolve(), p.deployAdopt()},
		guards:    map[effect.Kind]bot.Guard{kindStart: p.guardStart()},
		reactions: map[effect.Kind]bot.Reaction{kindStart: started, kindFollow: followed, kindWatch: watched},
	}
}

func (p Ports) freezing() subject {
	return subject{
		commands: []bot.Command{
			freezeAdd(), freezeList(), freezeLift(), freezeSimulate(), p.freezeException(), exceptionList(), exceptionWithdraw(),
			lockPlace(), lockSteal(), lockLeave(), unlockPlace(), lockList(), p.emergency(),
		},
		timers: map[string]func(*bot.Turn, state.Timer) error{
			timerFreezeNews: tellNews, timerFreezeAhead: ownTimer, timerFreezeStarts: ownTimer, timerFreezeEnds: ownTimer,
			timerExceptionExpires: exceptionExpires, timerLockExpires: lockExpires,
			timerEmergencyEnds: emergencyEnds, timerReviewDue: reviewDue,
		},
		cards: map[string]bot.CardRenderer{letterFreeze: freezeCard, letterException: exceptionCard},
	}
}

// following is what is followed from the on-call's side, and what is left to do.
func (p Ports) following() subject {
	return subject{
		commands: []bot.Command{
			p.pipelineList(), pipelineShow(), p.pipelineAudit(),
			p.ack(), callOwner(), p.onCall(), incidentList(), followUpList(), followUpTake(), followUpClose(),
		},
		reactions: map[effect.Kind]bot.Reaction{kindPage: paged},
		cards:     map[string]bot.CardRenderer{letterPage: pageCard, letterIncident: incidentCard, letterFollowUp: followUpCard},
	}
}

func (p Ports) auditing() subject {
	return subject{commands: []bot.Command{auditShow(), p.auditVerify()}}
}

func (p Ports) configuring() subject {
	return subject{
		commands: []bot.Command{configShow(), p.configReload(), p.configAccept(), configReject()},
		cards:    map[string]bot.CardRenderer{letterConfiguration: configurationCard},
	}
}

func (p Ports) introducing() subject {
	return subject{
		commands: []bot.Command{
			p.identityList(), p.identityLink(), p.identityDeclare(),
			home(), link(), unlink(), whoami(), help(),
		},
		timers: map[string]func(*bot.Turn, state.Timer) error{timerLinkCode: linkCodeOver},
	}
}

// begin notes that the bot began to work, under which configuration.
func (p Ports) begin(t *bot.Turn) error {
	if err := keepEvidence(t); err != nil {
		return err
	}
	if err := indexPast(t); err != nil {
		return err
	}
	if err := startConfiguration(t); err != nil {
		return err
	}
	if err := standUnder(t, t.Org); err != nil {
		return err
	}
	return lookUnder(t, t.Org)
}
