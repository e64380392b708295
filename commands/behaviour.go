package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
)

// Behaviour is everything that the bot can be told and does by itself over these ports.
func (p Ports) Behaviour() bot.Behaviour {
	p.Provenance = patiently(p.Provenance)
	performers := map[effect.Kind]bot.Performer{}
	p.ticketPerformers(performers)
	p.runPerformers(performers)
	p.watchPerformers(performers)
	p.pagePerformers(performers)
	p.incidentPerformers(performers)
	p.sourcePerformers(performers)
	p.changePerformers(performers)
	return bot.Behaviour{
		Commands:   p.commands(),
		Performers: performers,
		Guards:     map[effect.Kind]bot.Guard{kindStart: p.guardStart()},
		Reactions: map[effect.Kind]bot.Reaction{
			kindTicketOpen:  p.ticketOpened,
			kindTicketItems: itemsFound,
			kindPage:        paged,
			kindStart:       started,
			kindFollow:      followed,
			kindWatch:       watched,
			kindSource:      sourceWasRead,
		},
		Timers: map[string]func(*bot.Turn, state.Timer) error{
			timerBallotCloses: ballotCloses,
			timerBallotRemind: ballotRemind,
			timerLinkCode:     linkCodeOver,

			timerFreezeAhead: freezeAhead, timerFreezeStarts: freezeStarts, timerFreezeEnds: freezeEnds,
			timerExceptionExpires: exceptionExpires, timerLockExpires: lockExpires,
			timerEmergencyEnds: emergencyEnds, timerReviewDue: reviewDue,
		},
		Cards: map[string]bot.CardRenderer{
			letterRelease: releaseCard, letterBallot: ballotCard, letterPage: pageCard, letterIncident: incidentCard, letterFollowUp: followUpCard,
			letterFreeze: freezeCard, letterException: exceptionCard,
			letterConfiguration: configurationCard,
		},
		Names:   newVersions(p.Artifacts).names,
		ShownOn: shownOn,
		Enrol:   p.enrol,
		Noticed: p.noticed(),
		Overlay: p.overlay,
		Start:   start,
	}
}

// commands is the catalogue of what people can say, in the order that help lists it.
func (p Ports) commands() []bot.Command {
	return []bot.Command{
		p.releasePlan(), releaseShow(), releaseList(), p.releaseExplain(), releaseCancel(),
		p.vote(), p.voteOpen(), p.confirm(),
		p.deploy(), p.rollback(), deployCancel(), deployResolve(), p.deployAdopt(),
		freezeAdd(), freezeList(), freezeLift(), p.freezeException(),
		lockPlace(), unlockPlace(), lockList(), p.emergency(),
		p.pipelineList(), pipelineShow(), p.pipelineAudit(),
		p.ack(), callOwner(), p.onCall(), incidentList(), followUpList(), followUpTake(), followUpClose(),
		auditShow(), p.auditVerify(),
		configShow(), p.configReload(), p.configAccept(), configReject(),
		p.identityList(), p.identityLink(), p.identityDeclare(),
		home(), link(), unlink(), whoami(), help(),
	}
}

// start notes that the bot began to work, under which configuration.
func start(t *bot.Turn) error { return startConfiguration(t) }
