package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPresets is about presets, duties by standard, and configuration in plain sentences.
var enPresets = map[chat.Code]string{
	"duty.config_editor":      "editor of the configuration that decides",
	"followup.own_deployment": "{follow_up} judges the emergency of {release}: whoever deployed under it can't close it[[; {reviewers} can]].",

	"duty.registrar":     "identity administrator",
	"duty.administrator": "administrator",
	"followup.own_work":  "{follow_up} judges the emergency of {release}: whoever wrote it can't close it[[; {reviewers} can]].",

	"duty.alone": "{person} is {duty} of {subject}[[, in {in}]][[ as {through}]], and may not be the only one who approved it.",

	"describe.title": "What {organisation} decided, in plain sentences. Times said without a zone are those of {zone}.",
	"describe.demo":  "This is a demonstration: anybody may speak as anybody, and no second administrator is asked.",

	"describe.heading.way":       "The way of a version",
	"describe.heading.risk":      "Risk, and what it asks for",
	"describe.heading.votes":     "Votes",
	"describe.heading.duties":    "Who may not decide on what they had a part in",
	"describe.heading.moments":   "When nothing goes out",
	"describe.heading.emergency": "Emergencies",
	"describe.heading.rights":    "Who may do what",
	"describe.heading.further":   "Further settings",

	"describe.environment":    "A version reaches {environment}[[ after {after}]] by the pipeline {pipeline}[[, and is watched there by {verify}]][[; whoever keeps it locked for longer than {lock} is told of]], once these gates are open:",
	"describe.gate":           "{gate}: {asks}",
	"describe.gate_condition": "{gate}: see when nothing goes out.",

	"describe.rule":         "A release is of {tier} risk where {when}, by the rule {rule}: {why}.",
	"describe.rule_default": "A release to which no rule applies is of {tier} risk. Of several rules that hold, the highest decides.",
	"describe.tier":         "A release of {tier} risk needs the vote {approval} to reach {environment}.",
	"describe.tier_free":    "A release of {tier} risk needs no vote.",
	"describe.tier_unasked": "A release of {tier} risk has the vote {approval}, which no environment asks for.",
	"describe.rehearsal":    "[[Where the gate rehearsal is asked, releases of these tiers need a rollback that was rehearsed: {tiers}. ]]A rehearsal counts for {within}.",

	"describe.vote":         "{approval}: open for {open}[[, asked of {groups}]][[ ({people})]].",
	"describe.quorum":       "{quorum} {quorum|vote|votes} must be given, abstentions included.",
	"describe.quorum_share": "{share} of those asked who are not away must vote.",
	"describe.threshold":    "It takes {threshold} go among go and no-go, and one go at least.",
	"describe.seat":         "The seat {seat} is filled by {count} of {groups}[[ ({people})]]; nobody fills two seats.",
	"describe.seat_when":    "The seat {seat} is asked for only where this holds as the vote is opened, or can't be told: {when}.",
	"describe.seat_any":     "The seat {seat} may be filled by {count} of {groups}[[ ({people})]]; nobody fills two seats.",
	"describe.stage":        "The stage {stage} is asked once those before it are filled, and is open for {open}.",
	"describe.veto":         "One no-go of {groups} ends it[[ ({people})]].",
	"describe.remind":       "Who has not voted is reminded {before} before the end.",
	"describe.wait":         "It stays open until everybody voted or its time is over, even where it would carry.",
	"describe.confirm":      "A vote counts once its voter confirmed it with their own token or key.",
	"describe.evidence":     "Votes of people who had not looked at the evidence are marked.",
	"describe.hasty":        "Votes given within {within} of being asked for are marked.",

	"describe.may.nothing":                "may neither vote on it nor deploy it",
	"describe.may.deploy":                 "may not vote on it, and may deploy it",
	"describe.may.vote":                   "may vote on it beside somebody else, and may not deploy it",
	"describe.may.vote_deploy":            "may vote on it beside somebody else, and deploy it",
	"describe.may.alone":                  "may vote on it, as the only one too, and may not deploy it",
	"describe.may.alone_deploy":           "may vote on it, as the only one too, and deploy it",
	"describe.duty.author":                "Whoever wrote or pushed a change of a release, or asked for its merging, {may}.",
	"describe.duty.merger":                "Whoever only merged {may}.",
	"describe.duty.pipeline_editor":       "Whoever last changed its pipeline file {may}.",
	"describe.duty.config_editor":         "Whoever changed what decides on its service since that was last released {may}.",
	"describe.duty.requester":             "Whoever planned it {may}.",
	"describe.duty.approver_may":          "Whoever said go beside others may deploy it.",
	"describe.duty.approver_may_not":      "Whoever said go beside others may not deploy it.",
	"describe.duty.sole_may":              "Whoever alone said go may deploy it.",
	"describe.duty.sole_may_not":          "Whoever alone said go may not deploy it.",
	"describe.duty.registrar_may":         "Whoever may say whose an address is may vote and deploy.",
	"describe.duty.registrar_may_not":     "Whoever may say whose an address is neither votes nor deploys: they could name a wrong author.",
	"describe.duty.administrator_may":     "Administrators may vote and deploy.",
	"describe.duty.administrator_may_not": "Administrators neither vote nor deploy: they note what runs, and so what is still to be agreed to.",
	"describe.duty.machines_may":          "What only machines wrote is judged like anything else.",
	"describe.duty.machines_may_not":      "What only machines are named as authors of, nobody decides on.",
	"describe.duty.unknown":               "People are compared, whatever accounts they use. Deploying is judged where the gate duty is asked. While it is not known who had a part, nobody whom that could exclude decides.",

	"describe.condition":           "{condition} closes while {when}: {closes}.",
	"describe.condition_opens":     "{groups}[[ ({people})]] may open it for one release, for {lasting}.",
	"describe.condition_shut":      "Nobody may open it.",
	"describe.condition_emergency": "An emergency opens it.",
	"describe.condition_unused":    "No environment asks it.",

	"describe.emergency":        "In an emergency one release gets past {gates} to {environment} for {lifetime}, once the vote {approval} agreed to what somebody else asked for.",
	"describe.emergency_none":   "There is no way round the gates in an emergency.",
	"describe.emergency_duties": "An emergency lifts no duty.",
	"describe.review":           "It is reviewed within {within}, by somebody who neither asked for it nor agreed to it[[; after that {escalate} are called]].",
	"describe.review_strict":    "It is reviewed within {within}, by somebody who neither asked for it, agreed to it nor deployed[[; after that {escalate} are called]].",

	"describe.grant":       "As {role}[[, {people}]][[, everybody in {groups}]] may {rights}[[, for the services {services}]][[, for the business lines {lines}]][[, in {environments}]].",
	"describe.freeze":      "A freeze stops deployments of what it covers, and never a rollback. An exception for one release takes the vote {approval}, and can be used for {lifetime}.",
	"describe.freeze_none": "A freeze stops deployments of what it covers, and never a rollback. There are no exceptions.",
	"describe.role_unheld": "Nobody is {role}, which may {rights}.",
	"describe.group":       "In {group}[[: {people}]].",
	"describe.machine":     "{person} is a machine: it commits and reports, and decides nothing.",
	"describe.nobody":      "An account that belongs to nobody may read, and not decide.",

	"describe.setting":      "{path} is {value}.",
	"describe.further_more": "And {count} more.",
}
