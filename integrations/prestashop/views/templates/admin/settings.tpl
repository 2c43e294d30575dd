{* The owner's page: how to connect, what works, what was chosen, what waits. *}
{function name=parrain_open deed=''}<form method="post" action="{$parrain.action|escape:'htmlall':'UTF-8'}" class="form"><input type="hidden" name="parrain_deed" value="{$deed|escape:'htmlall':'UTF-8'}">{/function}
{function name=parrain_field field='' deed='' label='' example='' value='' required=true}
  <div class="form-group"><label class="control-label" for="parrain_{$field|escape:'htmlall':'UTF-8'}_{$deed|escape:'htmlall':'UTF-8'}">{$label|escape:'htmlall':'UTF-8'}</label>
  <input type="text" class="form-control fixed-width-xxl" id="parrain_{$field|escape:'htmlall':'UTF-8'}_{$deed|escape:'htmlall':'UTF-8'}" name="parrain_{$field|escape:'htmlall':'UTF-8'}" placeholder="{$example|escape:'htmlall':'UTF-8'}" value="{$value|escape:'htmlall':'UTF-8'}" autocomplete="off" spellcheck="false"{if $required} required{/if}></div>
{/function}
{assign var=w value=$parrain.words}
{if $parrain.all_shops}<div class="alert alert-info">{$w['You look at all your shops: what you connect here is for each of them that has no connection of its own.']|escape:'htmlall':'UTF-8'}</div>{/if}
{if !$parrain.connected}
  <div class="panel">
    <div class="panel-heading">{$w['Connect your shop']|escape:'htmlall':'UTF-8'}</div>
    <p>{$w['Open your Parrain’s desk, then Settings, Modules, and press “Make a code”. Type the code here with your Parrain’s address: it is good for 15 minutes.']|escape:'htmlall':'UTF-8'}</p>
    {parrain_open deed='connect'}
      {parrain_field deed='connect' field='edge' label=$w['Address of your Parrain'] example='https://parrain.example.workers.dev' value=$parrain.typed}
      {parrain_field deed='connect' field='code' label=$w['Connect code'] example='XXXX-XXXX-XXXX'}
      <button class="btn btn-primary">{$w['Connect']|escape:'htmlall':'UTF-8'}</button>
    </form>
    <details style="margin-top:2em"><summary style="cursor:pointer">{$w['Without a connect code']|escape:'htmlall':'UTF-8'}</summary>
      {parrain_open deed='connectByHand'}
        {parrain_field deed='hand' field='edge' label=$w['Address of your Parrain'] example='https://parrain.example.workers.dev' value=$parrain.typed}
        {parrain_field deed='hand' field='shop' label=$w['Shop id'] example='demo'}
        {parrain_field deed='hand' field='event_secret' label=$w['Event secret'] example='whsec_…'}
        {parrain_field deed='hand' field='identity_key' label=$w['Identity key, to sign customers in (without one, they sign in themselves)'] required=false}
        {parrain_field deed='hand' field='module_token' label=$w['Module token, to hand out rewards (without one, none are)'] required=false}
        <button class="btn btn-default">{$w['Connect']|escape:'htmlall':'UTF-8'}</button>
      </form>
    </details>
  </div>
{else}
  <div class="panel">
    <div class="panel-heading">{$parrain.connected|escape:'htmlall':'UTF-8'}</div>
    <ul class="list-unstyled" id="parrain-checks">
      {foreach from=$parrain.checks item=check}
        <li style="position:relative;padding:.25em 0 .25em 2em">
          {if $check[0] == 'good'}<i class="icon-check text-success" style="position:absolute;left:0;top:.5em"></i><span class="sr-only">{$w['Works:']|escape:'htmlall':'UTF-8'}</span>
          {elseif $check[0] == 'bad'}<i class="icon-remove text-danger" style="position:absolute;left:0;top:.5em"></i><span class="sr-only">{$w['Does not work:']|escape:'htmlall':'UTF-8'}</span>
          {else}<i class="icon-info-circle text-warning" style="position:absolute;left:0;top:.5em"></i><span class="sr-only">{$w['To know:']|escape:'htmlall':'UTF-8'}</span>{/if}
          {$check[1]|escape:'htmlall':'UTF-8'}
        </li>
      {/foreach}
    </ul>
    <p><a href="{$parrain.desk|escape:'htmlall':'UTF-8'}" target="_blank" rel="noopener">{$w['Open the desk']|escape:'htmlall':'UTF-8'}</a></p>
    {parrain_open deed='check'}<button class="btn btn-default">{$w['Look again']|escape:'htmlall':'UTF-8'}</button></form>
  </div>
  <div class="panel">
    <div class="panel-heading">{$w['Choices']|escape:'htmlall':'UTF-8'}</div>
    {parrain_open deed='choose'}
      <div class="form-group"><label for="parrain_consent">{$w['Consent']|escape:'htmlall':'UTF-8'}</label>
        <select id="parrain_consent" name="parrain_consent" class="form-control fixed-width-xxl" style="width:auto!important">
          <option value="explicit"{if $parrain.consent == 'explicit'} selected{/if}>{$w['Remember a code once the shopper asks for its gift (recommended)']|escape:'htmlall':'UTF-8'}</option>
          <option value="required"{if $parrain.consent == 'required'} selected{/if}>{$w['Only after your consent banner says yes (IAB TCF 2)']|escape:'htmlall':'UTF-8'}</option>
          <option value="none-needed"{if $parrain.consent == 'none-needed'} selected{/if}>{$w['Always']|escape:'htmlall':'UTF-8'}</option>
        </select></div>
      <div class="form-group"><label for="parrain_placement">{$w['Where the widget shows']|escape:'htmlall':'UTF-8'}</label>
        <select id="parrain_placement" name="parrain_placement" class="form-control fixed-width-xxl" style="width:auto!important">
          <option value="launcher"{if $parrain.placement == 'launcher'} selected{/if}>{$w['A button in the corner of each page']|escape:'htmlall':'UTF-8'}</option>
          <option value="none"{if $parrain.placement == 'none'} selected{/if}>{$w['Only in the customer’s account and after an order']|escape:'htmlall':'UTF-8'}</option>
        </select></div>
      <div class="checkbox"><label><input type="checkbox" name="parrain_keep_table" value="yes"{if $parrain.keep_table} checked{/if}> {$w['Keep the table of events when this module is uninstalled']|escape:'htmlall':'UTF-8'}</label></div>
      <button class="btn btn-primary">{$w['Save']|escape:'htmlall':'UTF-8'}</button>
    </form>
  </div>
  <div class="panel">
    <div class="panel-heading">{$w['Orders from before']|escape:'htmlall':'UTF-8'}</div>
    {if $parrain.history == 'none'}
      <p>{$w['Tell your Parrain once of the orders of the last 24 months, so that it knows who is no new customer.']|escape:'htmlall':'UTF-8'}</p>
      {parrain_open deed='tellHistory'}<button class="btn btn-default">{$w['Tell of past orders']|escape:'htmlall':'UTF-8'}</button></form>
    {elseif $parrain.history == 'going'}<p>{$w['They are being told, in the background.']|escape:'htmlall':'UTF-8'}</p>
    {else}<p>{$parrain.history|escape:'htmlall':'UTF-8'}</p>{/if}
  </div>
  <div class="panel">
    <div class="panel-heading">{$w['Events']|escape:'htmlall':'UTF-8'}</div>
    <p>{$parrain.counted|escape:'htmlall':'UTF-8'}</p>
    {if $parrain.counts.waiting > 0}{parrain_open deed='sendNow'}<button class="btn btn-default">{$w['Send now']|escape:'htmlall':'UTF-8'}</button></form>{/if}
    {if $parrain.counts.refused > 1}{parrain_open deed='sendAgain'}<button class="btn btn-default">{$w['Send all refused ones again']|escape:'htmlall':'UTF-8'}</button></form>{/if}
    {if $parrain.entries}
      <table class="table">
        <thead><tr>{foreach from=['Event', 'Since', 'State', 'What your Parrain said'] item=head}<th scope="col">{$w[$head]|escape:'htmlall':'UTF-8'}</th>{/foreach}<th></th></tr></thead>
        <tbody>
          {foreach from=$parrain.entries item=entry}
            <tr><td><code>{$entry.key|escape:'htmlall':'UTF-8'}</code></td><td>{$entry.since|escape:'htmlall':'UTF-8'}</td><td>{$entry.state|escape:'htmlall':'UTF-8'}</td><td>{$entry.said|escape:'htmlall':'UTF-8'}</td>
              <td>{if $entry.refused}{parrain_open deed='sendAgain'}<input type="hidden" name="parrain_id" value="{$entry.id|intval}"><button class="btn btn-default btn-sm">{$w['Send again']|escape:'htmlall':'UTF-8'}</button></form>{/if}</td></tr>
          {/foreach}
        </tbody>
      </table>
    {/if}
  </div>
  <details class="panel"><summary style="cursor:pointer">{$w['Disconnect']|escape:'htmlall':'UTF-8'}</summary>
    <p>{$w['The widget leaves your pages, and orders wait until you connect again.']|escape:'htmlall':'UTF-8'}</p>
    {parrain_open deed='disconnect'}<button class="btn btn-default">{$w['Disconnect']|escape:'htmlall':'UTF-8'}</button></form>
  </details>
{/if}
