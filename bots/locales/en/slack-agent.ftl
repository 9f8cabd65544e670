# The agent view: what it says while a job runs, and what it suggests to write.
slack-agent-working = is working on your picture…
slack-prompts-title = What shall I draw?
slack-prompt-poster-title = Draw a poster
slack-prompt-poster = a poster: three red apples left of a blue car, title "SUMMER FAIR"
slack-prompt-sticker-title = Draw a sticker
slack-prompt-sticker = a sticker of an orange cat with a transparent background
slack-prompt-chart-title = Draw a chart
slack-prompt-chart = a bar chart titled "Sales": Q1 12, Q2 18, Q3 9
slack-prompt-help-title = What can you do?
slack-prompt-help = help

# A step of a workflow.
slack-step-no-prompt = The step has no prompt. Write into it what shall be drawn.
slack-step-no-person = The step does not say for whom the picture is. Choose a person in it.
