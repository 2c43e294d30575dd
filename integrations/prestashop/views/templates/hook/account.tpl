{* The way to the page of referrals, among the account's others. *}
<a class="col-lg-4 col-md-6 col-sm-6 col-xs-12" id="parrain-link" href="{$parrain_url|escape:'htmlall':'UTF-8'}">
  <span class="link-item"><i class="material-icons">&#xe8f6;</i>{$parrain_title|escape:'htmlall':'UTF-8'}</span>
</a>
