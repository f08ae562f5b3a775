"""Opens the emulator's page in headless Chromium, changes a field and saves it.

    browse.py URL RECORD FIELD VALUE

Prints JSON: the titles listed, the value before and after, whether it was hidden until shown, whether a
hostile title got its script run, and what the page's console says. Screenshots go to EMULATOR_SCREENSHOT, and to
EMULATOR_SCREENSHOT_DARK for the dark one, where these are set.
"""
import json
import os
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

url, record, field, value = sys.argv[1:5]
options = Options()
options.binary_location = "/usr/bin/chromium"
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--window-size=1200,1092", "--hide-scrollbars", "--no-first-run",
                 "--disable-background-networking", "--lang=en"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def find(selector):
    return WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, selector))[0]


def screenshot(variable):
    if os.environ.get(variable):
        browser.save_screenshot(os.environ[variable])


try:
    browser.get(url)
    find("#records button")
    titles = [title.text for title in browser.find_elements(By.CSS_SELECTOR, "#records .title")]
    find(f'#records button[data-uid="{record}"]').click()
    row = find(f'.field[data-field="{field}"]')
    box = row.find_element(By.TAG_NAME, "textarea")
    hidden = box.value_of_css_property("-webkit-text-security") == "disc"
    before = box.get_attribute("value")
    row.find_element(By.TAG_NAME, "button").click()
    shown = box.value_of_css_property("-webkit-text-security") != "disc"
    box.clear()
    box.send_keys(value)
    screenshot("EMULATOR_SCREENSHOT")
    browser.find_element(By.ID, "save").click()
    WebDriverWait(browser, 20).until(lambda b: b.find_element(By.ID, "message").text == "Saved")
    after = find(f'.field[data-field="{field}"] textarea').get_attribute("value")
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    screenshot("EMULATOR_SCREENSHOT_DARK")
    print(json.dumps({
        "titles": titles, "before": before, "after": after, "hidden": hidden, "shown": shown,
        "injected": browser.execute_script("return window.injected === true"),
        "log": [entry["message"] for entry in browser.get_log("browser")],
    }))
finally:
    browser.quit()
